package dev.weir.app.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.FakeUpstream.Exchange;
import dev.weir.testing.HttpHead;
import dev.weir.testing.RawClient;
import dev.weir.testing.RawClient.Answer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** card.1: bodies pass in both directions as they come, and no faster than they are taken. */
final class StreamingPathTest {

  private static final int MIB = 1 << 20;

  /** More than all socket buffers on the way can take. */
  private static final int LARGE_PIECES = 128;

  private static final long MOST_ON_THE_WAY = 48L * MIB;
  private static final FakeUpstream UPSTREAM = new FakeUpstream();

  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.of(
          """
          upstreams:
            one: $1
          defaults: {max-body: 1GiB}
          routes:
            - {id: fixed, path: /fixed, respond: {body: fixed}}
            - {id: all, to: one}
          """,
          UPSTREAM);

  private static byte[] piece() {
    byte[] piece = new byte[MIB];
    new Random(1).nextBytes(piece);
    return piece;
  }

  private static long checksum(byte[] content) {
    CRC32C checksum = new CRC32C();
    checksum.update(content);
    return checksum.getValue();
  }

  @Test
  void holdsBackAnUpstreamWhoseClientIsSlow() {
    Held sent = new Held();
    byte[] piece = piece();
    UPSTREAM.on(
        "/slow-client",
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE_PIECES * MIB + "\r\n\r\n");
          for (int i = 0; i < LARGE_PIECES; i++) {
            exchange.send(piece);
            sent.sent(MIB);
          }
        });
    RawClient client = GATEWAY.client(65_536).get("/slow-client");

    assertThat(sent.awaitStandstill()).isLessThan(MOST_ON_THE_WAY);

    assertThat(client.head().firstLine()).contains("200");
    long expected = checksum(piece);
    for (int i = 0; i < LARGE_PIECES; i++) {
      assertThat(checksum(client.some(MIB))).isEqualTo(expected);
    }
    client.get("/");
    assertThat(client.answer().status()).isEqualTo(200);
  }

  @Test
  void holdsBackAClientWhoseUpstreamIsSlow() throws Exception {
    Held sent = new Held();
    byte[] piece = piece();
    CountDownLatch isReading = new CountDownLatch(1);
    UPSTREAM.on(
        "/slow-upstream",
        exchange -> {
          isReading.await();
          boolean isSame = true;
          for (int i = 0; i < LARGE_PIECES; i++) {
            isSame &= Arrays.equals(exchange.some(MIB), piece);
          }
          exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Same: " + isSame + "\r\n\r\n");
          exchange.last();
        });
    RawClient client = GATEWAY.client();
    CompletableFuture<Void> sender =
        CompletableFuture.runAsync(
            () -> {
              client.send(
                  "PUT /slow-upstream HTTP/1.1\r\nHost: a\r\nContent-Length: "
                      + LARGE_PIECES * MIB
                      + "\r\n\r\n");
              for (int i = 0; i < LARGE_PIECES; i++) {
                client.send(piece);
                sent.sent(MIB);
              }
            });

    assertThat(sent.awaitStandstill()).isLessThan(MOST_ON_THE_WAY);

    isReading.countDown();
    Answer answer = client.answer();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.field("x-same")).isEqualTo("true");
    sender.get(20, TimeUnit.SECONDS);
  }

  @Test
  void passesFiftyMebibytesUpAndDownUnharmed() throws Exception {
    byte[] content = new byte[50 * MIB];
    new Random(2).nextBytes(content);
    UPSTREAM.on(
        "/echo",
        exchange -> {
          byte[] body = exchange.body();
          exchange.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
          exchange.send(body);
        });
    RawClient client = GATEWAY.client();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + content.length + "\r\n\r\n");
    client.send(content);

    assertThat(checksum(client.answer().content())).isEqualTo(checksum(content));
  }

  @Test
  void passesChunkedBodiesBothWays() throws Exception {
    UPSTREAM.on(
        "/chunked",
        exchange ->
            exchange.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5;ext=1\r\nhello\r\n1\r\n \r\n5\r\nthere\r\n0\r\n\r\n"));
    RawClient client = GATEWAY.client();
    client.send(
        "POST /chunked HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\nabc\r\n4\r\ndefg\r\n0\r\nX-Trailer: 1\r\n\r\n");

    Answer answer = client.answer();
    // What is small and whole goes on in one piece, its length known.
    assertThat(answer.text()).isEqualTo("hello there");
    Exchange received = UPSTREAM.received();
    assertThat(received.text()).isEqualTo("abcdefg");
    assertThat(received.trailers()).containsExactly("X-Trailer: 1");
    assertThat(received.head().get("transfer-encoding")).isEqualTo("chunked");
    assertThat(client.get("/").answer().status()).isEqualTo(200);
  }

  @Test
  void makesABodyThatEndsWithItsConnectionAChunkedOne() {
    UPSTREAM.on(
        "/until-close",
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\n\r\nto the end");
          exchange.close();
        });
    RawClient client = GATEWAY.client();

    Answer answer = client.get("/until-close").answer();
    assertThat(answer.field("transfer-encoding")).isEqualTo("chunked");
    assertThat(answer.text()).isEqualTo("to the end");
    assertThat(client.get("/").answer().status()).isEqualTo(200);
  }

  @Test
  void passesTrailersOfAnswersOn() {
    UPSTREAM.on(
        "/trailers",
        exchange ->
            exchange.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"
                    + "X-Checksum: abc\r\nContent-Length: 3\r\nSet-Cookie: a=b\r\n\r\n"));
    RawClient client = GATEWAY.client();

    Answer answer = client.get("/trailers").answer();
    assertThat(answer.text()).isEqualTo("ok");
    assertThat(answer.trailers())
        .hasSize(1)
        .first()
        .asString()
        .isEqualToIgnoringCase("X-Checksum: abc");
    assertThat(client.get("/").answer().trailers()).as("and of no other").isEmpty();
  }

  @Test
  void passesEventsOnOneByOne() {
    Semaphore isReceived = new Semaphore(0);
    UPSTREAM.on(
        "/events",
        exchange -> {
          exchange.send(
              "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                  + "Transfer-Encoding: chunked\r\n\r\n");
          for (int i = 0; i < 5; i++) {
            exchange.send("9\r\ndata: " + i + "\n\n\r\n");
            isReceived.acquire();
          }
          exchange.send("0\r\n\r\n");
        });
    RawClient client = GATEWAY.client().get("/events");

    assertThat(client.head().get("content-type")).isEqualTo("text/event-stream");
    for (int i = 0; i < 5; i++) {
      String chunk = "9\r\ndata: " + i + "\n\n\r\n";
      assertThat(client.some(chunk.length())).asString().isEqualTo(chunk);
      isReceived.release();
    }
    assertThat(client.some(5)).asString().isEqualTo("0\r\n\r\n");
    assertThat(client.get("/").answer().status()).isEqualTo(200);
  }

  @Test
  void answersWithoutBodyWhereThereMayBeNone() {
    UPSTREAM
        .on(
            "/not-modified",
            exchange ->
                exchange.send(
                    "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nContent-Length: 7\r\n\r\n"))
        .on("/no-content", exchange -> exchange.send("HTTP/1.1 204 No Content\r\n\r\n"))
        .on(
            "/length",
            exchange -> exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 1234567\r\n\r\n"))
        .on(
            "/no-length",
            exchange -> exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
        .on("/empty", exchange -> exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    RawClient client = GATEWAY.client();

    Answer notModified = client.get("/not-modified").answer();
    assertThat(notModified.status()).isEqualTo(304);
    assertThat(notModified.field("etag")).isEqualTo("\"1\"");
    Answer noContent = client.get("/no-content").answer();
    assertThat(noContent.status()).isEqualTo(204);
    assertThat(noContent.field("content-length")).as("RFC 9110 §8.6").isNull();
    assertThat(noContent.field("transfer-encoding")).as("RFC 9112 §6.1").isNull();
    Answer head = client.request("HEAD", "/length", "", "").answerToHead();
    assertThat(head.field("content-length")).isEqualTo("1234567");
    Answer chunkedHead = client.request("HEAD", "/no-length", "", "").answerToHead();
    assertThat(chunkedHead.field("content-length")).as("not known").isNull();
    Answer ownHead = client.request("HEAD", "/fixed", "", "").answerToHead();
    assertThat(ownHead.field("content-length")).as("as of a GET").isEqualTo("5");
    Answer empty = client.get("/empty").answer();
    assertThat(empty.field("content-length")).isEqualTo("0");
    assertThat(client.get("/").answer().text()).as("and the connection goes on").isEqualTo("ok");
  }

  @Test
  void passesAnswersBeforeTheAnswerOnAtOnce() {
    CountDownLatch isReceived = new CountDownLatch(1);
    UPSTREAM.on(
        "/hints",
        exchange -> {
          exchange.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
          isReceived.await();
          exchange.reply(200, "ok");
        });
    RawClient client = GATEWAY.client().get("/hints");

    HttpHead hints = client.head();
    assertThat(hints.firstLine()).isEqualTo("HTTP/1.1 103 Early Hints");
    assertThat(hints.get("link")).isEqualTo("</a.css>");
    isReceived.countDown();
    assertThat(client.answer().text()).isEqualTo("ok");
  }

  @Test
  void passesNoAnswerBeforeTheAnswerToClientsThatDontKnowAny() {
    UPSTREAM.on(
        "/hints-1.0",
        exchange -> {
          exchange.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
          exchange.reply(200, "ok");
        });
    RawClient client = GATEWAY.client().send("GET /hints-1.0 HTTP/1.0\r\nHost: a\r\n\r\n");

    assertThat(client.answer().status()).as("RFC 9110 §15.2").isEqualTo(200);
  }

  @Test
  void bearsSomeAnswersBeforeTheAnswerAndNoStorm() {
    UPSTREAM
        .on(
            "/some",
            exchange -> {
              exchange.send("HTTP/1.1 102 Processing\r\n\r\n".repeat(20));
              exchange.reply(200, "ok");
            })
        .on(
            "/storm",
            exchange -> {
              exchange.send("HTTP/1.1 102 Processing\r\n\r\n".repeat(5_000));
              exchange.reply(200, "ok");
            });
    RawClient client = GATEWAY.client().request("POST", "/some", "", "");
    for (int i = 0; i < 20; i++) {
      assertThat(client.head().firstLine()).contains("102");
    }
    assertThat(client.answer().status()).isEqualTo(200);

    client.request("POST", "/storm", "", "");
    HttpHead head = client.head();
    int informational = 0;
    while (head.firstLine().contains(" 102 ")) {
      informational++;
      head = client.head();
    }
    assertThat(head.firstLine()).contains("502");
    assertThat(informational).isLessThanOrEqualTo(32);
  }

  @Test
  void asksForABodyThatWaitsToBeAskedFor() throws Exception {
    RawClient client = GATEWAY.client();
    client.send(
        "PUT /expect HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");

    assertThat(client.head().firstLine()).isEqualTo("HTTP/1.1 100 Continue");
    client.send("body");
    assertThat(client.answer().status()).isEqualTo(200);
    Exchange received = UPSTREAM.received();
    assertThat(received.text()).isEqualTo("body");
    assertThat(received.head().get("expect")).as("that was for us").isNull();
  }

  @Test
  void doesNotAskForABodyThatNobodyWants() {
    RawClient client = GATEWAY.client();
    client.send(
        "PUT /fixed HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");

    Answer answer = client.answer();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.field("connection")).as("RFC 9110 §10.1.1").isEqualTo("close");
  }

  @Test
  void refusesOtherExpectations() {
    assertThat(GATEWAY.get("/", "Expect: 200-ok\r\n").status()).isEqualTo(417);
  }

  @Test
  void speaksWithClientsOfHttp10() {
    UPSTREAM.on(
        "/chunked-1.0",
        exchange ->
            exchange.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"
                    + "X-Trailer: 1\r\n\r\n"));
    RawClient once = GATEWAY.client().send("GET / HTTP/1.0\r\n\r\n");
    assertThat(once.answer().text()).isEqualTo("ok");
    assertThat(once.isAtEnd()).isTrue();
    assertThat(UPSTREAM.received().head().get("host"))
        .as("a name for what the client could not name")
        .isEqualTo("127.0.0.1:" + GATEWAY.port());

    RawClient streamed =
        GATEWAY.client().send("GET /chunked-1.0 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    Answer answer = streamed.answer();
    assertThat(answer.field("transfer-encoding")).as("RFC 9112 §6.1").isNull();
    assertThat(answer.text()).as("to the connection's end").isEqualTo("hello");

    RawClient kept = GATEWAY.client();
    for (int i = 0; i < 2; i++) {
      kept.send("GET /fixed HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      Answer fixed = kept.answer();
      assertThat(fixed.text()).isEqualTo("fixed");
      assertThat(fixed.field("connection")).isEqualTo("keep-alive");
    }
  }

  @Test
  void answersPipelinedRequestsInTheirOrder() {
    CountDownLatch isLater = new CountDownLatch(1);
    UPSTREAM.on(
        "/late",
        exchange -> {
          isLater.await();
          exchange.reply(200, "late");
        });
    UPSTREAM.on("/early", exchange -> exchange.reply(200, "early"));
    RawClient client = GATEWAY.client();
    String early = "GET /early HTTP/1.1\r\nHost: a\r\n\r\n";
    client.send(
        "GET /late HTTP/1.1\r\nHost: a\r\n\r\n"
            + early
            + "GET /fixed HTTP/1.1\r\nHost: a\r\n\r\n"
            + early);
    assertThat(UPSTREAM.received().path()).isEqualTo("/late");
    isLater.countDown();

    assertThat(client.answer().text()).isEqualTo("late");
    assertThat(client.answer().text()).isEqualTo("early");
    assertThat(client.answer().text()).isEqualTo("fixed");
    assertThat(client.answer().text()).isEqualTo("early");
  }

  @Test
  void keepsAConnectionOnWhichTheNextRequestIsStillOnItsWay() throws Exception {
    CountDownLatch isLater = new CountDownLatch(1);
    UPSTREAM.on(
        "/before",
        exchange -> {
          isLater.await();
          exchange.reply(200, "first");
        });
    RawClient client = GATEWAY.client();
    client.send(
        "GET /before HTTP/1.1\r\nHost: a\r\n\r\n"
            + "POST /half HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nhalf");
    assertThat(UPSTREAM.received().path()).isEqualTo("/before");
    isLater.countDown();

    Answer first = client.answer();
    assertThat(first.text()).isEqualTo("first");
    assertThat(first.field("connection")).isNull();
    client.send("half");
    assertThat(client.answer().status()).isEqualTo(200);
    assertThat(UPSTREAM.received().text()).isEqualTo("halfhalf");
  }

  @Test
  void answersWhatPrecedesARequestThatBreaksTheRules() {
    RawClient client = GATEWAY.client();
    client.send(
        "GET /fixed HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost : a\r\n\r\nGET /fixed HTTP/1.1\r\nHost: a\r\n\r\n");

    assertThat(client.answer().text()).isEqualTo("fixed");
    Answer refused = client.answer();
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.field("connection")).isEqualTo("close");
    assertThat(client.isAtEnd()).as("and nothing behind it is read").isTrue();
  }
}
