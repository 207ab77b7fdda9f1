package dev.weir.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Failure;
import dev.weir.http.Handler;
import dev.weir.loop.EventLoops;
import dev.weir.testing.FakeHttp2Upstream;
import dev.weir.testing.Http2Client;
import dev.weir.testing.Http2Front;
import dev.weir.testing.Requests;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import reactor.core.publisher.Mono;

/** The same upstream, behind a front of HTTP/2; and what only HTTP/2 can do wrong. */
final class Http2ConnectorTest extends ConnectorContract {

  static final Http2Policy HTTP2 =
      new Http2Policy(2, 100, 65_536, 1000, Duration.ofSeconds(30), Duration.ofSeconds(30));

  /** Of the first request: Netty keeps 1 for an upgrade. */
  private static final int FIRST = 3;

  private Http2Front front;

  @Override
  Connector connector(EventLoops loops, ConnectionPolicy policy) {
    return new Http2Connector(loops, policy, HTTP2, EndpointTls.none());
  }

  @Override
  int port() {
    if (front == null) {
      front = new Http2Front(upstream.port());
    }
    return front.port();
  }

  @Override
  int connectionsOpened() {
    return front.connections();
  }

  @AfterEach
  void closeFront() {
    front.close();
  }

  private interface Frames {
    void send(Http2Client connection);
  }

  private record Breach(String name, Frames frames) {}

  private static Breach breach(String name, Frames frames) {
    return new Breach(name, frames);
  }

  private static Breach head(String name, String... fields) {
    return breach(name, connection -> connection.headers(FIRST, true, fields));
  }

  /** X3, J: each ends its own call alone; the connection goes on. */
  @TestFactory
  @Override
  Stream<DynamicTest> refusesAnAnswerThatBreaksTheRules() {
    return Stream.of(
            head("no :status", "x-a", "1"),
            head(":status twice", ":status", "200", ":status", "200"),
            head("a pseudo-header field of requests", ":status", "200", ":path", "/"),
            head("an unknown pseudo-header field", ":status", "200", ":x", "/"),
            head("a pseudo-header field behind others", "x-a", "1", ":status", "200"),
            head("status 99", ":status", "99"),
            head("status 600", ":status", "600"),
            head("status 1000", ":status", "1000"),
            head("status +20", ":status", "+20"),
            head("status 101", ":status", "101"),
            head("an upper-case name", ":status", "200", "X-A", "1"),
            head("a name with a blank", ":status", "200", "x a", "1"),
            head("an empty name", ":status", "200", "", "1"),
            head("a value with a line end", ":status", "200", "x-a", "1\r\nx-b: 2"),
            head("a value with NUL", ":status", "200", "x-a", "1\0"),
            head("Connection", ":status", "200", "connection", "close"),
            head("Transfer-Encoding", ":status", "200", "transfer-encoding", "chunked"),
            head("an end behind 103", ":status", "103"),
            head("less than was announced", ":status", "200", "content-length", "5"),
            head("a length that is none", ":status", "200", "content-length", "x"),
            head("a negative length", ":status", "200", "content-length", "-1"),
            head("two lengths", ":status", "200", "content-length", "0", "content-length", "1"),
            head("fields beyond the limit", ":status", "200", "x-a", "y".repeat(9_000)),
            breach("DATA before a head", connection -> connection.data(FIRST, "hello", true)),
            breach(
                "DATA behind 103 alone",
                connection ->
                    connection.headers(FIRST, false, ":status", "103").data(FIRST, "a", true)),
            breach(
                "more than was announced",
                connection ->
                    connection
                        .headers(FIRST, false, ":status", "200", "content-length", "2")
                        .data(FIRST, "abc", true)),
            breach(
                "fewer than were announced",
                connection ->
                    connection
                        .headers(FIRST, false, ":status", "200", "content-length", "5")
                        .data(FIRST, "abc", true)),
            breach(
                "content of 204",
                connection ->
                    connection.headers(FIRST, false, ":status", "204").data(FIRST, "abc", true)),
            breach(
                "a second head",
                connection ->
                    connection
                        .headers(FIRST, false, ":status", "200")
                        .headers(FIRST, false, ":status", "200")),
            breach(
                "a pseudo-header field among trailers",
                connection ->
                    connection
                        .headers(FIRST, false, ":status", "200")
                        .headers(FIRST, true, ":status", "200")))
        .map(
            breach ->
                DynamicTest.dynamicTest(breach.name(), () -> failsItsCallAlone(breach.frames())));
  }

  private void failsItsCallAlone(Frames frames) {
    try (FakeHttp2Upstream odd =
        FakeHttp2Upstream.polite(
            connection -> {
              connection.next(Http2Client.HEADERS);
              frames.send(connection);
              assertThat(connection.next(Http2Client.RST_STREAM).stream()).isEqualTo(FIRST);
              connection.next(Http2Client.HEADERS);
              connection.headers(FIRST + 2, false, ":status", "200").data(FIRST + 2, "ok", true);
              connection.next(Http2Client.GOAWAY);
            })) {
      // On one loop, so that both calls use one connection.
      Connector alone = new Http2Connector(loops, policy, HTTP2, EndpointTls.none());
      Handler handler = alone.to(endpoint(odd.port()));
      Mono<Failure> failure =
          answer(handler)
              .map(answer -> Failure.INTERNAL)
              .onErrorResume(error -> Mono.just(Failure.of(error)));

      assertThat(failure.block(PATIENCE)).isEqualTo(Failure.UPSTREAM_INVALID);
      assertThat(answer(handler).block(PATIENCE).text()).isEqualTo("ok");
      alone.close().block(PATIENCE);
      odd.awaitNoConnections();
    }
  }

  private Mono<Answer> answer(Handler handler) {
    return Mono.defer(() -> handler.handle(Requests.get("/")))
        .flatMap(ConnectorContract::readWhole)
        .subscribeOn(LoopOf.first(loops));
  }
}
