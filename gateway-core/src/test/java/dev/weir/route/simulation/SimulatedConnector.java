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

  private static final int PIECE = 10;

  private final World world;
  private int answers;

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
    String id = request.identity().requestId();
    Content.Reader reader =
        new Content.Reader(
            Content.parse(request.headers().get(Content.FIELD)), "an endpoint for " + id, world);
    Disposable upload =
        request
            .body()
            .content()
            .doOnComplete(reader::complete)
            .take(1 + world.random.nextInt(10))
            .subscribe(
                piece -> {
                  reader.read(piece);
                  piece.release();
                },
                sink::error);
    Disposable answer =
        world.clock.schedule(
            () -> answer(id, sink), 1 + world.random.nextLong(300), TimeUnit.MILLISECONDS);
    sink.onDispose(
        () -> {
          upload.dispose();
          answer.dispose();
        });
  }

  private void answer(String id, MonoSink<Response> sink) {
    String name = id + " answer " + answers++;
    switch (world.random.nextInt(8)) {
      case 0 -> sink.error(Failure.UPSTREAM_CLOSED.exception("reset"));
      case 1 -> sink.success(unavailable(name));
      case 2 -> world.log("an endpoint hangs");
      case 3 -> sink.success(Response.of(204, fields(new Content(name, 0)), Body.empty()));
      case 4, 5 -> sink.success(held(new Content(name, 2 * PIECE)));
      default -> sink.success(streaming(name, 200));
    }
  }

  private static HttpHeaders fields(Content content) {
    return Fields.create().set(Content.FIELD, content.toString());
  }

  private Response held(Content content) {
    Body body = Body.held(world.buffer(content, 0, content.length()));
    return Response.of(200, fields(content), body);
  }

  private Response unavailable(String name) {
    Response response = streaming(name, 503);
    if (world.random.nextBoolean()) {
      response.headers().set("retry-after", Integer.toString(world.random.nextInt(4)));
    }
    return response;
  }

  /** Some pieces, some of them too late; a few bodies break off in the middle. */
  private Response streaming(String name, int status) {
    int pieces = world.random.nextInt(6);
    boolean isBroken = world.random.nextInt(5) == 0;
    Content all = new Content(name, PIECE * (isBroken ? pieces + 1 : pieces));
    Flux<ByteBuf> content =
        Flux.<ByteBuf>create(sink -> emit(sink, all, 0, pieces * PIECE))
            .doOnDiscard(ByteBuf.class, ByteBuf::release);
    Body body = Body.streaming(content, -1, () -> EmptyHttpHeaders.INSTANCE, () -> {});
    return Response.of(status, fields(all), body);
  }

  private void emit(FluxSink<ByteBuf> sink, Content all, int from, int end) {
    if (sink.isCancelled()) {
      return;
    }
    if (from == end) {
      if (end < all.length()) {
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
            sink.next(world.buffer(all, from, PIECE));
            emit(sink, all, from + PIECE, end);
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
