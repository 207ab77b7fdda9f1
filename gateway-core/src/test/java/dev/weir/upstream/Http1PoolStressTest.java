package dev.weir.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Authority;
import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.testing.Requests;
import dev.weir.testing.TestClock;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * up.1, up.2: whatever calls, endpoints and time do, in whatever order, a connection has one user,
 * none is lost, and the bound holds. Random steps from a seed, on two loops that are one thread; -D
 * interleavings=1000000 for the long run, -Dseed to repeat one.
 */
class Http1PoolStressTest {

  private static final int MAX = 6;
  private static final ConnectionPolicy POLICY =
      new ConnectionPolicy(
          Duration.ofSeconds(1), MAX, Duration.ofSeconds(30), 4096, Duration.ofMinutes(5), 2);

  private final TestClock clock = new TestClock();
  private final EmbeddedChannel[] loops = {new EmbeddedChannel(), new EmbeddedChannel()};
  private final ArrayDeque<Http1Pool> opening = new ArrayDeque<>();
  private final List<Socket> sockets = new ArrayList<>();
  private final List<Call> calls = new ArrayList<>();
  private final Endpoint address = new Endpoint("http", new Authority("127.0.0.1", 1));
  private final Http1Endpoint endpoint =
      new Http1Endpoint(
          "endpoint",
          POLICY,
          List.of(loops[0].eventLoop(), loops[1].eventLoop()),
          clock,
          opening::add,
          () -> this.poisoned++);
  private final List<Http1Pool> pools = endpoint.pools().all();
  private int poisoned;
  private int answered;
  private int failed;
  private int cancelled;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void keepsItsPromisesInAnyOrder(long number) {
    long seed = Long.getLong("seed", number);
    int steps = Integer.getInteger("interleavings", 200_000) / 4;
    Random random = new Random(seed);
    for (int i = 0; i < steps; i++) {
      step(random);
      settle();
      check("seed " + seed + ", step " + i);
    }

    finish(random);

    assertThat(answered).as("answered").isGreaterThan(steps / 20);
    assertThat(failed).as("failed").isPositive();
    assertThat(cancelled).as("cancelled").isPositive();
    assertThat(poisoned).as("poisoned").isPositive();
  }

  private void step(Random random) {
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3 -> call(random);
      case 4, 5, 6 -> connect(random);
      case 7, 8, 9, 10, 11, 12 -> speak(random);
      case 13, 14 -> cancel(random);
      case 15 -> hangUp(random);
      case 16 -> clock.advance(Duration.ofMillis(random.nextInt(40_000)));
      default -> speak(random);
    }
  }

  private void call(Random random) {
    if (calls.size() < 3 * MAX) {
      Call call = new Call();
      calls.add(call);
      Http1Pool pool = pools.get(random.nextInt(2));
      Request request = Requests.get("/");
      call.start(new Http1Call(call, request, address, pool));
    }
  }

  private void connect(Random random) {
    Http1Pool pool = opening.poll();
    if (pool == null) {
      return;
    }
    if (random.nextInt(5) == 0) {
      pool.notOpened(Failure.CONNECT_FAILED.exception());
    } else {
      Socket socket = new Socket(pool);
      sockets.add(socket);
      pool.opened(socket.connection);
    }
  }

  /** The endpoint answers on some connection: well, badly, in part, or unasked. */
  private void speak(Random random) {
    if (sockets.isEmpty()) {
      return;
    }
    Socket socket = sockets.get(random.nextInt(sockets.size()));
    if (!socket.connection.isLeased() && random.nextInt(10) > 0) {
      return;
    }
    String answer =
        switch (random.nextInt(12)) {
          case 0 -> "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
          case 1 -> "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n";
          case 2 -> "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nok";
          case 3 -> "garbage\r\n\r\n";
          case 4 -> "HTTP/1.1 103 Early Hints\r\n\r\n";
          case 5 -> "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
          case 6 -> "HT";
          default -> "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
        };
    socket.channel.writeInbound(Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII));
  }

  private void cancel(Random random) {
    if (!calls.isEmpty()) {
      calls.get(random.nextInt(calls.size())).leave();
    }
  }

  private void hangUp(Random random) {
    if (!sockets.isEmpty()) {
      sockets.get(random.nextInt(sockets.size())).channel.close();
    }
  }

  /** Runs what one loop has asked of the other, and forgets what is over. */
  private void settle() {
    for (Socket socket : sockets) {
      socket.channel.runPendingTasks();
      socket.channel.releaseOutbound();
    }
    for (int round = 0; round < 3; round++) {
      for (EmbeddedChannel loop : loops) {
        loop.runPendingTasks();
      }
    }
    sockets.removeIf(socket -> !socket.channel.isOpen());
    calls.removeIf(call -> call.isOver);
  }

  private void check(String where) {
    int leased = 0;
    int idle = 0;
    for (Socket socket : sockets) {
      leased += socket.connection.isLeased() ? 1 : 0;
      idle += socket.connection.isLeased() ? 0 : 1;
    }
    assertThat(endpoint.pools().sum(Http1Pool::leased)).as(where).isEqualTo(leased);
    assertThat(endpoint.pools().sum(Http1Pool::idle)).as(where).isEqualTo(idle);
    assertThat(endpoint.open()).as(where).isEqualTo(sockets.size() + opening.size());
    assertThat(endpoint.open()).as(where).isLessThanOrEqualTo(MAX);
    assertThat(leased).as(where).isLessThanOrEqualTo(calls.size());
    if (calls.stream().anyMatch(call -> call.call.isWaiting()) && opening.isEmpty()) {
      assertThat(leased)
          .as(
              where
                  + ": somebody waits though there is room, open "
                  + endpoint.open()
                  + ", idle "
                  + pools.get(0).idle()
                  + " and "
                  + pools.get(1).idle())
          .isEqualTo(MAX);
    }
  }

  private void finish(Random random) {
    while (!calls.isEmpty()) {
      connect(random);
      speak(random);
      cancel(random);
      settle();
    }
    assertThat(endpoint.pools().sum(Http1Pool::leased)).isZero();
    pools.forEach(Http1Pool::close);
    while (!opening.isEmpty()) {
      connect(random);
    }
    settle();
    assertThat(sockets).isEmpty();
    assertThat(endpoint.open()).isZero();
    assertThat(clock.pendingTimers()).isZero();
  }

  @Test
  void servesThoseWhoWaitInTheirOrder() {
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 2 * MAX; i++) {
      String name = "call " + i;
      Call call = new Call();
      call.onAnswer = () -> order.add(name);
      call.start(new Http1Call(call, Requests.get("/"), address, pools.get(0)));
      if (!opening.isEmpty()) {
        Socket socket = new Socket(opening.remove());
        sockets.add(socket);
        pools.get(0).opened(socket.connection);
      }
    }
    while (order.size() < 2 * MAX) {
      for (Socket socket : sockets) {
        if (socket.connection.isLeased()) {
          socket.channel.writeInbound(
              Unpooled.copiedBuffer(
                  "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", StandardCharsets.US_ASCII));
          socket.channel.releaseOutbound();
        }
      }
    }

    assertThat(order.subList(MAX, 2 * MAX))
        .containsExactly("call 6", "call 7", "call 8", "call 9", "call 10", "call 11");
    finish(new Random(0));
  }

  /** A connection as the endpoint sees it. */
  private final class Socket {

    private final Http1Connection connection;
    private final EmbeddedChannel channel;

    Socket(Http1Pool pool) {
      ResponseDecoder decoder = new ResponseDecoder(4096);
      connection = new Http1Connection(pool, decoder, clock.now(TimeUnit.NANOSECONDS));
      channel = new EmbeddedChannel(decoder, connection);
    }
  }

  /** A call as its owner sees it: it ends once. */
  private final class Call implements CoreSubscriber<Response> {

    private Runnable onAnswer = () -> {};
    private Http1Call call;
    private Subscription subscription;
    private Response response;
    private boolean isOver;

    void start(Http1Call newCall) {
      call = newCall;
      onSubscribe(newCall);
    }

    @Override
    public void onSubscribe(Subscription newSubscription) {
      subscription = newSubscription;
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Response value) {
      assertThat(isOver).isFalse();
      response = value;
      onAnswer.run();
      value
          .body()
          .content()
          .doFinally(signal -> value.body().discard())
          .subscribe(bytes -> bytes.release(), error -> end(false), () -> end(true));
    }

    @Override
    public void onError(Throwable error) {
      assertThat(error).isInstanceOf(FailureException.class);
      end(false);
    }

    private void end(boolean isAnswered) {
      assertThat(isOver).isFalse();
      isOver = true;
      answered += isAnswered ? 1 : 0;
      failed += isAnswered ? 0 : 1;
    }

    @Override
    public void onComplete() {}

    void leave() {
      if (!isOver && response == null) {
        isOver = true;
        cancelled++;
        subscription.cancel();
      }
    }
  }
}
