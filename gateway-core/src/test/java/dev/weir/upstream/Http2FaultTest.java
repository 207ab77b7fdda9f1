package dev.weir.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Body;
import dev.weir.http.Failure;
import dev.weir.http.Fields;
import dev.weir.http.Handler;
import dev.weir.http.Request;
import dev.weir.loop.EventLoops;
import dev.weir.testing.Await;
import dev.weir.testing.FakeHttp2Upstream;
import dev.weir.testing.Http2Client;
import dev.weir.testing.Http2Client.Frame;
import dev.weir.testing.Requests;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** How connections of HTTP/2 to endpoints end, and what that means for the calls on them. */
final class Http2FaultTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int NO_ERROR = 0;
  private static final int INTERNAL_ERROR = 2;
  private static final int REFUSED_STREAM = 7;
  private static final int CANCEL = 8;
  private static final String OK = "200";

  /** Of the first two requests. */
  private static final int FIRST = 3;

  private final EventLoops loops = new EventLoops("test", 1, true);
  private ConnectionPolicy policy =
      new ConnectionPolicy(
          Duration.ofSeconds(10), 2, Duration.ofMinutes(1), 8_192, Duration.ofHours(1), 0);
  private Http2Policy http2 =
      new Http2Policy(1, 100, 65_536, 100, Duration.ofMinutes(1), Duration.ofMinutes(1));
  private Connector connector;
  private FakeHttp2Upstream upstream;
  private Endpoint endpoint;

  @AfterEach
  void leavesNothingBehind() {
    Await.until("no call is left", () -> connector.connections().calls() == 0);
    connector.close().block(PATIENCE);
    upstream.awaitNoConnections();
    upstream.close();
    Await.until("no timer is set", () -> loops.clock().pendingTimers() == 0);
    loops.close().block(PATIENCE);
  }

  private void script(FakeHttp2Upstream.Script script) {
    upstream = FakeHttp2Upstream.polite(script);
    connector = new Http2Connector(loops, policy, http2, EndpointTls.none());
  }

  /** Of one endpoint, so that calls share its connections. */
  private Handler handler() {
    if (endpoint == null || endpoint.port() != upstream.port()) {
      endpoint = ConnectorContract.endpoint(upstream.port());
    }
    return connector.to(endpoint);
  }

  /** Begins at once. */
  private Mono<Object> result(Request request) {
    Handler handler = handler();
    Mono<Object> result =
        Mono.defer(() -> handler.handle(request))
            .subscribeOn(loops.clock())
            .flatMap(ConnectorContract::readWhole)
            .map(answer -> (Object) answer.text())
            .onErrorResume(error -> Mono.just(Failure.of(error)))
            .cache();
    result.subscribe();
    return result;
  }

  private Mono<Object> result() {
    return result(Requests.get("/"));
  }

  private static void ok(Http2Client connection, int stream, String text) {
    connection.headers(stream, false, ":status", OK).data(stream, text, true);
  }

  private static void untilItEnds(Http2Client connection) {
    Frame frame = connection.next();
    while (frame != null) {
      frame = connection.next();
    }
  }

  @Test
  void tellsWhatWasRefusedFromWhatMayHaveBeenDone() {
    script(
        connection -> {
          int refused = connection.next(Http2Client.HEADERS).stream();
          connection.reset(refused, REFUSED_STREAM);
          int broken = connection.next(Http2Client.HEADERS).stream();
          connection.reset(broken, INTERNAL_ERROR);
          int begun = connection.next(Http2Client.HEADERS).stream();
          connection.headers(begun, false, ":status", OK).data(begun, "a", false);
          connection.reset(begun, REFUSED_STREAM);
          untilItEnds(connection);
        });

    assertThat(result().block(PATIENCE)).isEqualTo(Failure.UPSTREAM_REFUSED);
    assertThat(result().block(PATIENCE)).isEqualTo(Failure.UPSTREAM_CLOSED);
    assertThat(result().block(PATIENCE)).isEqualTo(Failure.UPSTREAM_CLOSED);
    assertThat(upstream.connections()).isEqualTo(1);
  }

  @Test
  void endsInOrderWhereTheEndpointGoesAway() {
    CountDownLatch bothAreThere = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    script(
        connection -> {
          int first = connection.next(Http2Client.HEADERS).stream();
          if (bothAreThere.getCount() == 0) {
            ok(connection, first, "another connection");
            untilItEnds(connection);
            return;
          }
          connection.next(Http2Client.HEADERS);
          bothAreThere.countDown();
          connection.goAway(FIRST, NO_ERROR);
          connection.headers(FIRST, false, ":status", OK).data(FIRST, "in ", false);
          mayEnd.await();
          connection.data(FIRST, "order", true);
          untilItEnds(connection);
        });
    Mono<Object> first = result();
    Mono<Object> second = result();

    assertThat(second.block(PATIENCE)).isEqualTo(Failure.UPSTREAM_REFUSED);
    assertThat(result().block(PATIENCE)).isEqualTo("another connection");
    mayEnd.countDown();
    assertThat(first.block(PATIENCE)).isEqualTo("in order");
  }

  /** The stream that is free once the second call is refused is no stream to begin on. */
  @Test
  void givesNoCallThatWaitsToAConnectionThatGoesAway() {
    http2 = new Http2Policy(1, 2, 65_536, 100, Duration.ofMinutes(1), Duration.ofMinutes(1));
    CountDownLatch mayGo = new CountDownLatch(1);
    AtomicBoolean isFirst = new AtomicBoolean(true);
    script(
        connection -> {
          int first = connection.next(Http2Client.HEADERS).stream();
          if (!isFirst.getAndSet(false)) {
            ok(connection, first, "another connection");
            untilItEnds(connection);
            return;
          }
          connection.next(Http2Client.HEADERS);
          mayGo.await();
          connection.goAway(first, NO_ERROR);
          ok(connection, first, "in order");
          untilItEnds(connection);
        });
    Mono<Object> first = result();
    Mono<Object> second = result();
    Await.until("two are sent", () -> connector.connections().calls() == 2);
    Mono<Object> third = result();
    Await.until("the third waits", () -> connector.connections().waiting() == 1);
    mayGo.countDown();

    assertThat(first.block(PATIENCE)).isEqualTo("in order");
    assertThat(second.block(PATIENCE)).isEqualTo(Failure.UPSTREAM_REFUSED);
    assertThat(third.block(PATIENCE)).isEqualTo("another connection");
  }

  /** Its permit is the pool's count of calls, which {@link #leavesNothingBehind} looks at. */
  @Test
  void forgetsACallWhoseHeadCannotBeMade() {
    script(connection -> untilItEnds(connection));
    Request request = Requests.get("/");
    Request broken =
        request.withHeaders(
            new DefaultHttpHeaders() {
              @Override
              public String get(CharSequence name) {
                throw new IllegalStateException("broken");
              }

              @Override
              public String get(String name) {
                throw new IllegalStateException("broken");
              }
            });

    assertThat(result(broken).block(PATIENCE)).isEqualTo(Failure.INTERNAL);
  }

  @Test
  void failsAllCallsOfAConnectionThatIsLost() {
    script(
        connection -> {
          connection.next(Http2Client.HEADERS);
          connection.next(Http2Client.HEADERS);
          connection.close();
        });

    Mono<Object> one = result();
    Mono<Object> other = result();
    assertThat(one.block(PATIENCE)).isEqualTo(Failure.UPSTREAM_CLOSED);
    assertThat(other.block(PATIENCE)).isEqualTo(Failure.UPSTREAM_CLOSED);
  }

  private interface Attack {
    void on(Http2Client connection);
  }

  private record Flood(String name, Attack attack) {}

  private static Flood endless(String name, int type, int flags, int stream, int bytes) {
    return new Flood(
        name,
        connection -> {
          if (type == Http2Client.DATA) {
            connection.headers(FIRST, false, ":status", OK);
          }
          if (type == Http2Client.CONTINUATION) {
            connection.send(Http2Client.HEADERS, 0, FIRST, Unpooled.EMPTY_BUFFER);
          }
          for (int i = 0; i < 100_000; i++) {
            connection.send(type, flags, stream, Unpooled.wrappedBuffer(new byte[bytes]));
          }
          throw new AssertionError("still open");
        });
  }

  /** J: it costs the endpoint its connection, and nobody else anything. */
  @TestFactory
  Stream<DynamicTest> endsAConnectionThatKeepsUsBusyOrBreaksItsRules() {
    return Stream.of(
            endless("SETTINGS", Http2Client.SETTINGS, 0, 0, 0),
            endless("PING", Http2Client.PING, 0, 0, 8),
            endless("PING that nobody awaits", Http2Client.PING, Http2Client.ACK, 0, 8),
            endless("PRIORITY", Http2Client.PRIORITY, 0, 7, 5),
            endless("empty DATA", Http2Client.DATA, 0, FIRST, 0),
            endless("unknown frames", 0x42, 0, FIRST, 1),
            endless("empty CONTINUATION", Http2Client.CONTINUATION, 0, FIRST, 0),
            new Flood(
                "WINDOW_UPDATE",
                connection -> {
                  for (int i = 0; i < 100_000; i++) {
                    connection.credit(0, 1);
                  }
                  throw new AssertionError("still open");
                }),
            new Flood(
                "a stream of its own", connection -> connection.headers(2, true, ":status", OK)),
            new Flood(
                "a stream that nobody began",
                connection -> connection.headers(77, true, ":status", OK)),
            new Flood(
                "PUSH_PROMISE",
                connection ->
                    connection.send(
                        5,
                        Http2Client.END_HEADERS,
                        FIRST,
                        Unpooled.buffer()
                            .writeInt(2)
                            .writeBytes(Http2Client.block(":method", "GET", ":path", "/")))),
            new Flood(
                "a frame larger than is allowed",
                connection ->
                    connection.send(
                        Http2Client.DATA, 0, FIRST, Unpooled.wrappedBuffer(new byte[20_000]))),
            new Flood(
                "a block that can't be decoded",
                connection ->
                    connection.send(
                        Http2Client.HEADERS,
                        Http2Client.END_HEADERS,
                        FIRST,
                        Unpooled.wrappedBuffer(new byte[] {(byte) 0xFF, 0x7F}))))
        .map(flood -> DynamicTest.dynamicTest(flood.name(), () -> endsBy(flood.attack())));
  }

  private void endsBy(Attack attack) {
    script(
        connection -> {
          connection.next(Http2Client.HEADERS);
          attack.on(connection);
          untilItEnds(connection);
        });

    assertThat(result().block(PATIENCE)).isEqualTo(Failure.UPSTREAM_INVALID);
    upstream.awaitNoConnections();
    upstream.close();
    connector.close().block(PATIENCE);
  }

  @Test
  void saysOfAnEndpointThatSpeaksNoHttp2ThatItDoesNot() {
    upstream =
        new FakeHttp2Upstream(
            connection -> {
              connection.raw("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes("US-ASCII"));
              untilItEnds(connection);
            });
    connector = new Http2Connector(loops, policy, http2, EndpointTls.none());

    assertThat(result().block(PATIENCE)).isEqualTo(Failure.CONNECT_FAILED);
  }

  @Test
  void keepsToTheEndpointsLimitOfStreamsAndToItsOwnOfThoseThatWait() {
    CountDownLatch mayAnswer = new CountDownLatch(1);
    upstream =
        new FakeHttp2Upstream(
            connection -> {
              connection.setting(3, 1);
              for (int i = 0; i < 3; i++) {
                int stream = connection.next(Http2Client.HEADERS).stream();
                mayAnswer.await();
                ok(connection, stream, "" + stream);
              }
              untilItEnds(connection);
            });
    connector = new Http2Connector(loops, policy, http2, EndpointTls.none());
    Mono<Object> first = result();
    Await.until("the first is on", () -> connector.connections().calls() == 1);
    Mono<Object> second = result();
    Mono<Object> third = result();
    Await.until("two wait", () -> connector.connections().waiting() == 2);

    assertThat(result().block(PATIENCE)).isEqualTo(Failure.QUEUE_FULL);
    assertThat(connector.connections()).isEqualTo(new Connector.Connections(1, 0, 1, 2));
    mayAnswer.countDown();
    assertThat(List.of(first.block(PATIENCE), second.block(PATIENCE), third.block(PATIENCE)))
        .isEqualTo(List.of("3", "5", "7"));
    assertThat(upstream.connections()).isEqualTo(1);
  }

  @Test
  void servesThoseThatWaitWhenTheEndpointAllowsForMore() {
    upstream =
        new FakeHttp2Upstream(
            connection -> {
              connection.setting(3, 1);
              int first = connection.next(Http2Client.HEADERS).stream();
              Await.until("one waits", () -> connector.connections().waiting() == 1);
              connection.setting(3, 2);
              ok(connection, connection.next(Http2Client.HEADERS).stream(), "second");
              ok(connection, first, "first");
              untilItEnds(connection);
            });
    connector = new Http2Connector(loops, policy, http2, EndpointTls.none());
    Mono<Object> first = result();
    Await.until("the first is on", () -> connector.connections().calls() == 1);

    assertThat(result().block(PATIENCE)).isEqualTo("second");
    assertThat(first.block(PATIENCE)).isEqualTo("first");
  }

  @Test
  void resetsTheStreamOfACallThatIsLeftAndKeepsTheConnection() {
    script(
        connection -> {
          int left = connection.next(Http2Client.HEADERS).stream();
          connection.headers(left, false, ":status", OK).data(left, "some", false);
          Frame reset = connection.next(Http2Client.RST_STREAM);
          assertThat(List.of(reset.stream(), reset.code())).isEqualTo(List.of(left, CANCEL));
          // What was on its way by then is nobody's fault.
          connection.data(left, "more", false).data(left, "", true);
          ok(connection, connection.next(Http2Client.HEADERS).stream(), "next");
          untilItEnds(connection);
        });
    Handler handler = handler();

    Mono.defer(() -> handler.handle(Requests.get("/")))
        .subscribeOn(loops.clock())
        .doOnNext(response -> response.discard())
        .block(PATIENCE);

    assertThat(result().block(PATIENCE)).isEqualTo("next");
    assertThat(upstream.connections()).isEqualTo(1);
  }

  @Test
  void takesAnAnswerThatIsWholeBeforeTheRequestIs() {
    script(
        connection -> {
          int stream = connection.next(Http2Client.HEADERS).stream();
          ok(connection, stream, "enough");
          connection.reset(stream, NO_ERROR);
          untilItEnds(connection);
        });
    Body endless =
        Body.streaming(
            ConnectorContract.pieces("x").concatWith(Flux.never()),
            -1,
            () -> EmptyHttpHeaders.INSTANCE,
            () -> {});

    assertThat(result(Requests.of(HttpMethod.POST, "/", Fields.create(), endless)).block(PATIENCE))
        .isEqualTo("enough");
  }

  /** The connection is dead, and nobody has said so. */
  @Test
  void asksAnEndpointThatSaysNothingWhetherItIsThere() {
    http2 = new Http2Policy(1, 100, 65_536, 100, Duration.ofMillis(50), Duration.ofMillis(200));
    script(
        connection -> {
          connection.next(Http2Client.HEADERS);
          connection.next(Http2Client.PING);
          untilItEnds(connection);
        });

    assertThat(result().block(PATIENCE)).isEqualTo(Failure.UPSTREAM_CLOSED);
  }

  /** Servers of gRPC take a third PING without HEADERS or DATA in between for an attack. */
  @Test
  void sendsNoMorePingsThanServersOfGrpcTake() throws Exception {
    http2 = new Http2Policy(1, 100, 65_536, 100, Duration.ofMillis(50), Duration.ofMinutes(1));
    BlockingQueue<Frame> pings = new LinkedBlockingQueue<>();
    BlockingQueue<Integer> asked = new LinkedBlockingQueue<>();
    BlockingQueue<Http2Client> peer = new LinkedBlockingQueue<>();
    script(
        connection -> {
          peer.add(connection);
          for (Frame frame = connection.next(); frame != null; frame = connection.next()) {
            if (frame.type() == Http2Client.HEADERS) {
              asked.add(frame.stream());
            } else if (frame.type() == Http2Client.PING && frame.flags() == 0) {
              byte[] same = frame.payload();
              connection.send(Http2Client.PING, Http2Client.ACK, 0, Unpooled.wrappedBuffer(same));
              connection.send(Http2Client.PING, 0, 0, Unpooled.wrappedBuffer(same));
            } else if (frame.type() == Http2Client.PING) {
              pings.add(frame); // Its own was answered before.
            }
          }
        });
    List<Mono<Object>> results = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      results.add(result());
      assertThat(pings.poll(30, TimeUnit.SECONDS)).as("PING").isNotNull();
    }
    results.add(result());
    // As long as ten would take.
    assertThat(pings.poll(500, TimeUnit.MILLISECONDS)).as("PING too many").isNull();

    Http2Client endpoint = peer.remove();
    for (Mono<Object> result : results) {
      ok(endpoint, asked.take(), "late");
      assertThat(result.block(PATIENCE)).isEqualTo("late");
    }
    Mono<Object> last = result();
    assertThat(pings.poll(30, TimeUnit.SECONDS)).as("PING after an answer").isNotNull();
    ok(endpoint, asked.take(), "late");
    assertThat(last.block(PATIENCE)).isEqualTo("late");
  }

  @Test
  void usesNoConnectionThatCallsWereGivenUpOnInSilence() {
    policy =
        new ConnectionPolicy(
            Duration.ofMillis(400), 2, Duration.ofMinutes(1), 8_192, Duration.ofHours(1), 0);
    CountDownLatch isSilent = new CountDownLatch(1);
    script(
        connection -> {
          int stream = connection.next(Http2Client.HEADERS).stream();
          if (isSilent.getCount() == 0) {
            ok(connection, stream, "another connection");
          }
          isSilent.countDown();
          untilItEnds(connection);
        });
    Handler handler = handler();

    Object given =
        Mono.defer(() -> handler.handle(Requests.get("/")))
            .subscribeOn(loops.clock())
            .map(response -> (Object) response)
            .timeout(Duration.ofSeconds(1), Mono.just("given up"))
            .block(PATIENCE);

    assertThat(given).isEqualTo("given up");
    assertThat(result().block(PATIENCE)).isEqualTo("another connection");
  }

  @Test
  void closesConnectionsThatAreIdleOrOld() {
    policy =
        new ConnectionPolicy(
            Duration.ofSeconds(10), 2, Duration.ofMillis(100), 8_192, Duration.ofHours(1), 0);
    script(Http2FaultTest::answersAll);
    assertThat(result().block(PATIENCE)).isEqualTo("ok");
    upstream.awaitNoConnections();
    connector.close().block(PATIENCE);
    upstream.close();

    policy =
        new ConnectionPolicy(
            Duration.ofSeconds(10), 2, Duration.ofMinutes(1), 8_192, Duration.ofNanos(1), 0);
    script(Http2FaultTest::answersAll);
    assertThat(result().block(PATIENCE)).isEqualTo("ok");
    assertThat(result().block(PATIENCE)).isEqualTo("ok");
    assertThat(upstream.connections()).isEqualTo(2);
  }

  private static void answersAll(Http2Client connection) throws IOException {
    for (Frame frame = connection.next(); frame != null; frame = connection.next()) {
      if (frame.type() == Http2Client.HEADERS) {
        ok(connection, frame.stream(), "ok");
      }
    }
  }
}
