package dev.weir.route.simulation;

import dev.weir.http.Authority;
import dev.weir.http.Body;
import dev.weir.http.Client;
import dev.weir.http.Ending;
import dev.weir.http.Fields;
import dev.weir.http.Handler;
import dev.weir.http.Identity;
import dev.weir.http.IpAddress;
import dev.weir.http.Progress;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.http.Target;
import dev.weir.http.TraceContext;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.util.context.Context;

/**
 * Asks once, as a server's connection would: reads at its own pace, and may leave at any moment.
 */
final class SimulatedClient {

  private static final IpAddress ADDRESS = Objects.requireNonNull(IpAddress.parse("10.0.0.1"));

  private final World world;
  private final String id;
  private final Body body;
  private Content sent;
  private final HttpMethod method;
  private final long leavesAfter;
  private Exchange exchange;
  private int endings;

  SimulatedClient(World world, int number) {
    this.world = world;
    this.id = "request-" + number;
    this.sent = new Content(id, 0);
    this.method = world.random.nextBoolean() ? HttpMethod.GET : HttpMethod.PUT;
    this.body = method.equals(HttpMethod.PUT) ? upload() : Body.empty();
    this.leavesAfter = world.random.nextInt(4) == 0 ? world.random.nextLong(3000) : -1;
  }

  private Body upload() {
    int[] ends = new int[world.random.nextInt(8)];
    int length = 0;
    for (int i = 0; i < ends.length; i++) {
      length += 50 + world.random.nextInt(100);
      ends[i] = length;
    }
    sent = new Content(id, length);
    boolean isStalled = world.random.nextInt(10) == 0;
    Flux<ByteBuf> content =
        Flux.<ByteBuf>create(sink -> send(sink, ends, 0, isStalled))
            .doOnDiscard(ByteBuf.class, ByteBuf::release);
    return Body.streaming(content, -1, () -> EmptyHttpHeaders.INSTANCE, () -> {});
  }

  private void send(FluxSink<ByteBuf> sink, int[] ends, int piece, boolean isStalled) {
    if (sink.isCancelled()) {
      return;
    }
    if (piece == ends.length) {
      if (!isStalled) {
        sink.complete();
      }
      return;
    }
    world.after(
        world.random.nextLong(60),
        () -> {
          if (!sink.isCancelled()) {
            int from = piece == 0 ? 0 : ends[piece - 1];
            sink.next(world.buffer(sent, from, ends[piece] - from));
            send(sink, ends, piece + 1, isStalled);
          }
        });
  }

  void ask(Handler gateway) {
    exchange = new Exchange();
    gateway.handle(request()).subscribe(exchange);
    if (leavesAfter >= 0) {
      world.after(leavesAfter, exchange::leave);
    }
  }

  private Request request() {
    HttpHeaders headers = Fields.create();
    if (world.random.nextInt(4) == 0) {
      headers.set(Fields.X_REQUEST_TIMEOUT, world.random.nextInt(1500) + "ms");
    }
    headers.set(Content.FIELD, sent.toString());
    Authority host = new Authority("example.com", -1);
    TraceContext trace = new TraceContext("1".repeat(32), "2".repeat(16), "01");
    return new Request(
        new Identity(id, trace, false),
        method,
        host,
        Target.of("/orders/7"),
        headers,
        body,
        new Client(ADDRESS, ADDRESS, "http", host, false, HttpVersion.HTTP_1_1),
        new Progress(world.clock.now(TimeUnit.NANOSECONDS)));
  }

  /** After the end. */
  void judge() {
    if (exchange == null || !exchange.isOver) {
      world.wrong.add(id + " never ended");
    }
    if (endings > 1) {
      world.wrong.add(id + " ended " + endings + " times");
    }
  }

  /** Reads what an endpoint says it has answered to this client; all else is the gateway's. */
  private Content.@Nullable Reader reader(Response answer) {
    String field = answer.headers().get(Content.FIELD);
    if (field == null) {
      if (answer.status() < 300) {
        world.wrong.add(id + " was answered " + answer.status() + " by nobody");
      }
      return null;
    }
    Content content = Content.parse(field);
    if (!content.name().startsWith(id + " ")) {
      world.wrong.add(id + " was given " + content);
    }
    return new Content.Reader(content, id, world);
  }

  /** What a server does with a request: waits for the response, delivers it, says how that went. */
  private final class Exchange extends BaseSubscriber<Response> {

    private Response response;
    private Delivery delivery;
    private boolean isOver;

    @Override
    public Context currentContext() {
      // The same hook that the server gives its own subscription.
      return Context.of(
          "reactor.onDiscard.local",
          (java.util.function.Consumer<Object>)
              discarded -> {
                if (discarded instanceof Response late) {
                  late.discard();
                }
              });
    }

    @Override
    protected void hookOnNext(Response answer) {
      response = answer;
      delivery = new Delivery(reader(answer));
      answer.onEnd(ending -> endings++);
      answer.body().content().subscribe(delivery);
    }

    @Override
    protected void hookOnError(Throwable error) {
      throw new IllegalStateException(id + " got an error", error);
    }

    void over(Ending ending) {
      if (!isOver) {
        isOver = true;
        response.end(ending);
        response.body().discard();
        body.discard();
      }
    }

    void leave() {
      if (isOver) {
        return;
      }
      world.log(id + " leaves");
      if (delivery == null) {
        isOver = true;
        cancel();
        body.discard();
      } else {
        delivery.cancel();
        over(Ending.CLIENT_LEFT);
      }
    }
  }

  /** One piece at a time, with pauses. */
  private final class Delivery extends BaseSubscriber<ByteBuf> {

    private final Content.@Nullable Reader reader;

    Delivery(Content.@Nullable Reader reader) {
      this.reader = reader;
    }

    @Override
    protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
      request(1);
    }

    @Override
    protected void hookOnNext(ByteBuf piece) {
      if (reader != null) {
        reader.read(piece);
      }
      piece.release();
      world.after(world.random.nextLong(100), () -> request(1));
    }

    @Override
    protected void hookOnComplete() {
      if (reader != null) {
        reader.complete();
      }
      exchange.over(Ending.COMPLETE);
    }

    @Override
    protected void hookOnError(Throwable error) {
      exchange.over(Ending.failed(error));
    }
  }
}
