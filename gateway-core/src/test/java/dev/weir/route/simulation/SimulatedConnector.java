package dev.weir.route.simulation;

import dev.weir.http.Authority;
import dev.weir.http.Body;
import dev.weir.http.Failure;
import dev.weir.http.Fields;
import dev.weir.http.Handler;
import dev.weir.http.Phase;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.upstream.Connector;
import dev.weir.upstream.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Endpoints that do anything: read some of the request, wait, and answer, fail, hang or break off.
 */
final class SimulatedConnector implements Connector {

  private final World world;

  SimulatedConnector(World world) {
    this.world = world;
  }

  static Endpoint endpoint(int number) {
    return new Endpoint("http", new Authority("endpoint-" + number, 80));
  }

  @Override
  public Handler to(Endpoint endpoint) {
    return request -> Mono.create(sink -> attempt(request, endpoint, sink));
  }

  private void attempt(Request request, Endpoint endpoint, MonoSink<Response> sink) {
    request.progress().enter(Phase.CONNECT);
    world.log(request.identity().requestId() + " to " + endpoint);
    if (world.random.nextInt(10) == 0) {
      world.after(
          world.random.nextLong(50), () -> sink.error(Failure.CONNECT_FAILED.exception("refused")));
      return;
    }
    request.progress().enter(Phase.HEAD);
    Disposable upload =
        request
            .body()
            .content()
            .take(1 + world.random.nextInt(10))
            .subscribe(ByteBuf::release, sink::error);
    Disposable answer =
        world.clock.schedule(
            () -> answer(sink), 1 + world.random.nextLong(300), TimeUnit.MILLISECONDS);
    sink.onDispose(
        () -> {
          upload.dispose();
          answer.dispose();
        });
  }

  private void answer(MonoSink<Response> sink) {
    switch (world.random.nextInt(8)) {
      case 0 -> sink.error(Failure.UPSTREAM_CLOSED.exception("reset"));
      case 1 -> sink.success(unavailable());
      case 2 -> world.log("an endpoint hangs");
      case 3 -> sink.success(Response.of(204));
      case 4, 5 -> sink.success(Response.of(200, Fields.create(), Body.held(world.buffer(20))));
      default -> sink.success(Response.of(200, Fields.create(), streaming()));
    }
  }

  private Response unavailable() {
    HttpHeaders headers = Fields.create();
    if (world.random.nextBoolean()) {
      headers.set("retry-after", Integer.toString(world.random.nextInt(4)));
    }
    return Response.of(503, headers, streaming());
  }

  /** Some pieces, some of them too late; a few bodies break off in the middle. */
  private Body streaming() {
    int pieces = world.random.nextInt(6);
    boolean isBroken = world.random.nextInt(5) == 0;
    Flux<ByteBuf> content =
        Flux.<ByteBuf>create(sink -> emit(sink, pieces, isBroken))
            .doOnDiscard(ByteBuf.class, ByteBuf::release);
    return Body.streaming(content, -1, () -> EmptyHttpHeaders.INSTANCE, () -> {});
  }

  private void emit(FluxSink<ByteBuf> sink, int pieces, boolean isBroken) {
    if (sink.isCancelled()) {
      return;
    }
    if (pieces == 0) {
      if (isBroken) {
        sink.error(Failure.UPSTREAM_CLOSED.exception("broke off"));
      } else {
        sink.complete();
      }
      return;
    }
    long pause = world.random.nextLong(world.random.nextInt(8) == 0 ? 2000 : 200);
    world.after(
        pause,
        () -> {
          if (!sink.isCancelled()) {
            sink.next(world.buffer(10));
            emit(sink, pieces - 1, isBroken);
          }
        });
  }

  @Override
  public Mono<Void> close() {
    return Mono.empty();
  }

  @Override
  public Connections connections() {
    return new Connections(0, 0, 0, 0);
  }
}
