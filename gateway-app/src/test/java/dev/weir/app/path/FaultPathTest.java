package dev.weir.app.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.Await;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.FakeUpstream.Exchange;
import dev.weir.testing.RawClient;
import dev.weir.testing.RawClient.Answer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Findings X1, X2, X5, X6, X9 and what else a peer can do wrong: nobody gets another's answer, and
 * nothing stays behind. (X7 is in RoutingPathTest, X11 in DrainPathTest.)
 */
final class FaultPathTest {

  private static final int MIB = 1 << 20;
  private static final FakeUpstream UPSTREAM = new FakeUpstream();

  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.of(
          """
          event-loops: 1
          upstreams:
            one: {endpoints: $1, breaker: off}
          defaults: {retry: off, max-body: 64MiB}
          routes:
            - {id: timed, path: /timed/*, to: one, timeouts: {request: 300ms, idle: 300ms}}
            - {id: all, to: one}
          """,
          UPSTREAM);

  /** Each asks for its own path, and must be told of that. */
  private static void assertNobodyGetsAnothersAnswer() {
    RawClient client = GATEWAY.client();
    for (int i = 0; i < 5; i++) {
      String path = "/own/" + i;
      UPSTREAM.on(path, exchange -> exchange.reply(200, exchange.path()));
      assertThat(client.get(path).answer().text()).isEqualTo(path);
    }
  }

  private static void assertFailed(Answer answer, int status, String code) {
    assertThat(answer.text()).contains("\"code\":\"" + code + "\"");
    assertThat(answer.status()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(ints = {102, 103, 199})
  void takesNoAnswerBeforeTheAnswerForTheAnswerX1(int status) {
    UPSTREAM.on(
        "/x1",
        exchange -> {
          exchange.send("HTTP/1.1 " + status + " Before\r\n\r\n");
          exchange.reply(200, "secret");
        });
    for (int i = 0; i < 10; i++) {
      RawClient client = GATEWAY.client().get("/x1");
      assertThat(client.head().firstLine()).contains(" " + status + " ");
      assertThat(client.answer().text()).isEqualTo("secret");
      assertNobodyGetsAnothersAnswer();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
      })
  void givesNobodyWhatFollowsAnAnswerX2(String answer) {
    String poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";
    UPSTREAM.on("/x2", exchange -> exchange.send(answer + poison));
    double before = GATEWAY.metric("weir_events_total{event=\"upstream_poisoned\",name=\"one\"}");

    for (int i = 0; i < 10; i++) {
      assertThat(GATEWAY.get("/x2").text()).isIn("ok", "");
      assertNobodyGetsAnothersAnswer();
    }

    assertThat(GATEWAY.metric("weir_events_total{event=\"upstream_poisoned\",name=\"one\"}"))
        .isEqualTo(before + 10);
  }

  /**
   * Bytes that nobody reads stand before the client's farewell, so that only time can end this. Not
   * so with epoll, which tells of a reset all the same.
   */
  @Test
  void freesWhatAClientHeldWhoseLeavingCannotBeSeenX5() {
    FakeUpstream own = new FakeUpstream();
    CountDownLatch isOver = new CountDownLatch(1);
    own.on(
        "/unread",
        exchange -> {
          isOver.await();
          exchange.close();
        });
    try (own;
        TestGateway gateway =
            TestGateway.start(
                """
                transport: nio
                upstreams: {one: $1}
                defaults: {retry: off, max-body: 1GiB, timeouts: {request: 2s}}
                routes: [{id: all, to: one}]
                """,
                own)) {
      Held sent = new Held();
      RawClient client = gateway.client();
      client.send(
          "PUT /unread HTTP/1.1\r\nHost: a\r\nX-Request-Id: x5\r\nContent-Length: "
              + 128 * MIB
              + "\r\n\r\n");
      CompletableFuture<Void> unused =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 128; i++) {
                  client.send(new byte[MIB]);
                  sent.sent(MIB);
                }
              });
      assertThat(sent.awaitStandstill()).isLessThan(128L * MIB);
      assertThat(gateway.metric("weir_limit_in_use{limit=\"gateway\"}")).isEqualTo(1);
      client.reset();

      gateway.awaitMetric("weir_limit_in_use{limit=\"gateway\"}", 0);
      assertThat(gateway.logged("x5").get("reason").asString()).isEqualTo("deadline_exceeded");
      isOver.countDown();
    }
  }

  @Test
  void endsWhatPipelinedRequestsHoldWhenTheirClientLeavesX5() {
    UPSTREAM.on("/timed/pipelined", Exchange::hang);
    RawClient client = GATEWAY.client();
    client.send("GET /timed/pipelined HTTP/1.1\r\nHost: a\r\nX-Request-Id: x5\r\n\r\n");
    client.send("GET /timed/behind HTTP/1.1\r\nHost: a\r\n\r\n".repeat(500));
    assertThat(UPSTREAM.received().path()).isEqualTo("/timed/pipelined");
    client.reset();

    GATEWAY.awaitMetric("weir_limit_in_use{limit=\"gateway\"}", 0);
    GATEWAY.awaitMetric("weir_limit_in_use{limit=\"upstream one\"}", 0);
    assertThat(GATEWAY.logged("x5").get("ended_by").asString()).isIn("client", "gateway");
  }

  @Test
  void freesWhatAClientHeldThatNeverSendsItsBodyX5() {
    UPSTREAM.on("/timed/x5-body", Exchange::hang);
    RawClient client = GATEWAY.client();
    client.send(
        "PUT /timed/x5-body HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"
            + "x".repeat(1_000));
    assertThat(UPSTREAM.received().path()).isEqualTo("/timed/x5-body");

    GATEWAY.awaitMetric("weir_limit_in_use{limit=\"gateway\"}", 0);
    assertThat(client.answer().status()).isIn(408, 504);
  }

  /** An upstream can't frame it so; a shorter one it can, and its cut has to be seen. */
  @Test
  void announcesNoLengthThatItDoesNotKeepX6() {
    UPSTREAM.on(
        "/x6",
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
          exchange.close();
        });
    RawClient client = GATEWAY.client().get("/x6", "X-Request-Id: x6\r\n");

    assertThat(client.head().get("content-length")).isEqualTo("10");
    assertThat(client.some(10)).as("and then the connection ends").asString().isEqualTo("abc");
    assertThat(GATEWAY.logged("x6").get("reason").asString()).isEqualTo("upstream_closed");
  }

  @Test
  void endsNoChunkedAnswerThatWasNotEnded() {
    UPSTREAM.on(
        "/cut",
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
          exchange.close();
        });
    RawClient client = GATEWAY.client().get("/cut");

    assertThat(client.head().firstLine()).contains("200");
    assertThat(client.some(1_000)).asString().isEqualTo("3\r\nabc\r\n");
  }

  /** Whether a buffer is lost is seen by the leak detector, which fails the class. */
  @Test
  void losesNoBufferWhenTimeRacesWithContentX9() {
    UPSTREAM.on(
        "/timed/x9",
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          for (int i = 0; i < 40; i++) {
            exchange.send("400\r\n" + "x".repeat(1_024) + "\r\n");
            exchange.pause(i);
          }
          exchange.send("0\r\n\r\n");
        });
    for (int i = 0; i < 40; i++) {
      RawClient client =
          GATEWAY.client().get("/timed/x9", "X-Request-Timeout: " + (20 + 5 * i) + "ms\r\n");
      assertThat(client.some(200)).isNotEmpty();
    }
    GATEWAY.awaitMetric("weir_requests_in_flight{listener=\"data\"}", 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 20, 40, 70, 100, 1_000, 200_000})
  void bearsClientsThatLeaveAtAnyByteOfTheirRequest(int bytes) {
    String request =
        "PUT /leave HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + "x".repeat(300_000);
    for (int i = 0; i < 5; i++) {
      GATEWAY.client().send(request.substring(0, bytes)).reset();
    }

    GATEWAY.awaitQuiet();
    assertNobodyGetsAnothersAnswer();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 300, 70_000, 1_000_000})
  void bearsClientsThatLeaveAtAnyByteOfTheAnswer(int bytes) {
    UPSTREAM.on(
        "/leave-answer",
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\nContent-Length: " + 32 * MIB + "\r\n\r\n");
          for (int i = 0; i < 32; i++) {
            exchange.send(new byte[MIB]);
          }
        });
    for (int i = 0; i < 5; i++) {
      RawClient client = GATEWAY.client(16_384).get("/leave-answer");
      assertThat(client.some(bytes)).hasSize(bytes);
      client.reset();
    }

    GATEWAY.awaitQuiet();
    assertNobodyGetsAnothersAnswer();
  }

  @Test
  void takesAClientThatHalfClosesForOneThatLeft() {
    UPSTREAM.on("/half-close", Exchange::hang);
    RawClient client = GATEWAY.client().get("/half-close", "X-Request-Id: half-close\r\n");
    assertThat(UPSTREAM.received().path()).isEqualTo("/half-close");
    client.halfClose();

    assertThat(GATEWAY.logged("half-close").get("ended_by").asString()).isEqualTo("client");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "garbage\r\n\r\n",
        "HTTP/1.1 999 What\r\n\r\n",
        "HTTP/1.1 99 What\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n"
      })
  void answers502ToWhatIsNoAnswer(String garbage) {
    UPSTREAM.on(
        "/garbage",
        exchange -> {
          exchange.send(garbage);
          exchange.close();
        });

    Answer answer = GATEWAY.get("/garbage");
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.text()).containsAnyOf("upstream_invalid", "upstream_closed");
    assertNobodyGetsAnothersAnswer();
  }

  @Test
  void answers502ToAHeadWithoutEnd() {
    UPSTREAM.on(
        "/large-head",
        exchange ->
            exchange.send(
                "HTTP/1.1 200 OK\r\n" + ("X-A: " + "x".repeat(1_000) + "\r\n").repeat(99)));

    assertFailed(GATEWAY.get("/large-head"), 502, "upstream_invalid");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Le"})
  void answers502ToAConnectionThatEndsBeforeTheHead(String before) {
    UPSTREAM.on(
        "/close",
        exchange -> {
          exchange.send(before);
          exchange.close();
        });
    UPSTREAM.on(
        "/reset",
        exchange -> {
          exchange.send(before);
          exchange.reset();
        });

    assertFailed(GATEWAY.get("/close"), 502, "upstream_closed");
    assertFailed(GATEWAY.get("/reset"), 502, "upstream_closed");
  }

  @Test
  void answers504ToAnUpstreamThatNeverAnswers() {
    UPSTREAM.on("/timed/never", Exchange::hang);

    assertFailed(GATEWAY.get("/timed/never"), 504, "deadline_exceeded");
  }

  @Test
  void cutsAnAnswerThatBreaksOffInsideItsBody() {
    UPSTREAM.on(
        "/reset-body",
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\nContent-Length: " + MIB + "\r\n\r\n" + "x".repeat(9));
          exchange.pause(20);
          exchange.reset();
        });
    RawClient client = GATEWAY.client().get("/reset-body", "X-Request-Id: reset-body\r\n");

    assertThat(client.head().firstLine()).contains("200");
    assertThat(client.some(MIB)).hasSizeLessThanOrEqualTo(9);
    assertThat(GATEWAY.logged("reset-body").get("ended_by").asString()).isEqualTo("upstream");
  }

  @Test
  void passesAnAnswerOnThatComesBeforeTheRequestIsRead() {
    UPSTREAM.on(
        "/early",
        exchange -> {
          exchange.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
          exchange.hang();
        });
    RawClient client = GATEWAY.client();
    client.send(
        "PUT /early HTTP/1.1\r\nHost: a\r\nContent-Length: " + 16 * MIB + "\r\n\r\nbeginning");

    Answer answer = client.answer();
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text()).isEqualTo("no");
    assertThat(answer.field("connection")).isEqualTo("close");
    assertThat(client.isAtEnd()).isTrue();
  }

  /** A client that has sent a chunk, of which the upstream has the head. */
  private static RawClient beginUpload(String path, CountDownLatch isCut) {
    UPSTREAM.on(
        path,
        exchange -> {
          try {
            byte[] unused = exchange.body();
          } catch (java.io.IOException cut) {
            isCut.countDown();
            throw cut;
          }
        });
    RawClient client = GATEWAY.client();
    client.send(
        "PUT " + path + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    assertThat(UPSTREAM.received().path()).isEqualTo(path);
    return client;
  }

  @Test
  void completesNoUploadThatBreaksOff() {
    CountDownLatch isCut = new CountDownLatch(1);
    RawClient client = beginUpload("/upload", isCut);
    client.close();

    Await.until("the upstream sees a cut, and no end", () -> isCut.getCount() == 0);
  }

  @Test
  void answers400ToABodyThatIsNotChunkedAsItSays() {
    CountDownLatch isCut = new CountDownLatch(1);
    RawClient client = beginUpload("/chunks", isCut);
    client.send("G\r\nnonsense\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");

    assertFailed(client.answer(), 400, "malformed_request");
    assertThat(client.isAtEnd()).isTrue();
    Await.until("the upstream sees a cut, and no end", () -> isCut.getCount() == 0);
    assertThat(UPSTREAM.pending()).as("nothing more is read").isZero();
  }
}
