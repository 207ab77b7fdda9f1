package dev.weir.app.path;

import static dev.weir.testing.Http2Client.DATA;
import static dev.weir.testing.Http2Client.GOAWAY;
import static dev.weir.testing.Http2Client.HEADERS;
import static dev.weir.testing.Http2Client.RST_STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.Await;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.Http2Client;
import dev.weir.testing.Http2Client.Answer;
import dev.weir.testing.Http2Client.Frame;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests over HTTP/2, from a client to an upstream and back. */
final class Http2PathTest {

  private static final FakeUpstream UPSTREAM = new FakeUpstream();

  @RegisterExtension
  private static final TestGateway GATEWAY =
      TestGateway.of(
          """
          client: {write-stall: 400ms}
          http2: {max-streams: 10, resets: 20, idle-frames: 100}
          upstreams: {one: {endpoints: $1, breaker: off}}
          routes:
            - {id: small, path: /small, to: one, max-body: 10}
            - {id: none, host: none.example, path: /*, respond: {status: 204}}
            - {id: all, path: /*, to: one, retry: off}
          """,
          UPSTREAM);

  private Http2Client client = Http2Client.polite(GATEWAY.port());

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void carriesRequestsAndAnswers() throws Exception {
    Answer answer = client.get(1, "/a?b=c", "cookie", "a=1", "cookie", "b=2").answer(1);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEqualTo("ok");
    assertThat(answer.fields()).containsKeys("date", "x-request-id", "via");
    FakeUpstream.Exchange received = UPSTREAM.received();
    assertThat(received.target()).isEqualTo("/a?b=c");
    assertThat(received.head().get("host")).isEqualTo("a.example");
    assertThat(received.head().get("cookie")).isEqualTo("a=1; b=2");
    assertThat(received.head().get("via")).isEqualTo("2.0 weir");
    assertThat(GATEWAY.logged(answer.fields().get("x-request-id")).get("protocol").asString())
        .isEqualTo("HTTP/2.0");
  }

  @Test
  void servesStreamsSideBySide() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    UPSTREAM.on(
        "/late",
        exchange -> {
          released.await();
          exchange.reply(200, "late");
        });
    client.get(1, "/late").get(3, "/soon");

    assertThat(client.answer(3).text()).isEqualTo("ok");
    released.countDown();
    assertThat(client.answer(1).text()).isEqualTo("late");
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void carriesBodies(boolean isAnnounced, boolean isOnePiece) throws Exception {
    UPSTREAM.on("/echo", exchange -> exchange.reply(200, exchange.text()));
    String[] length = isAnnounced ? new String[] {"content-length", "10"} : new String[0];
    client.request("POST", 1, "/echo", false, length);
    if (isOnePiece) {
      client.data(1, "0123456789", true);
    } else {
      client.data(1, "01234", false);
      UPSTREAM.received();
      client.data(1, "56789", false).data(1, "", true);
    }

    assertThat(client.answer(1).text()).isEqualTo("0123456789");
  }

  @Test
  void carriesTrailersBothWays() throws Exception {
    UPSTREAM.on(
        "/trailers",
        exchange -> {
          exchange.body();
          exchange.send(
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + "2\r\nok\r\n0\r\ngrpc-status: 0\r\n\r\n");
        });
    client
        .request("POST", 1, "/trailers", false)
        .data(1, "content", false)
        .headers(1, true, "x-sum", "42");
    Answer answer = client.answer(1);

    assertThat(answer.text()).isEqualTo("ok");
    assertThat(answer.trailers()).containsExactlyEntriesOf(Map.of("grpc-status", "0"));
    assertThat(UPSTREAM.received().trailers()).containsExactly("x-sum: 42");
  }

  @Test
  void answersWithoutABodyWhereNoneMayBe() {
    client.headers(
        1, true, ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "none.example");
    assertThat(client.next(HEADERS).isEnd()).isTrue();
    client.request("HEAD", 3, "/head", true);
    Frame head = client.next(HEADERS);
    assertThat(head.isEnd()).isTrue();
    assertThat(head.fields()).containsEntry("content-length", "2");
  }

  @Test
  void passesOnAnswersBeforeTheAnswer() {
    UPSTREAM.on(
        "/hints",
        exchange -> {
          exchange.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
          exchange.reply(200, "ok");
        });
    client.get(1, "/hints");

    assertThat(client.next(HEADERS).fields())
        .containsEntry(":status", "103")
        .containsEntry("link", "</a.css>");
    assertThat(client.answer(1).text()).isEqualTo("ok");
  }

  @Test
  void asksForABodyThatTheClientHoldsBack() {
    UPSTREAM.on("/echo", exchange -> exchange.reply(200, exchange.text()));
    client.request("POST", 1, "/echo", false, "expect", "100-continue");

    assertThat(client.next(HEADERS).fields()).containsEntry(":status", "100");
    assertThat(client.data(1, "now", true).answer(1).text()).isEqualTo("now");
  }

  /** F11, F12, J16, J17: rules of HTTP, not of HTTP/2. */
  static List<List<String>> refused() {
    return List.of(
        List.of("405", ":method", "CONNECT", ":authority", "a.example:443"),
        List.of("400", ":method", "GET", ":scheme", "http", ":path", "/"),
        request("400", "/", "http", "a.example", "host", "b.example"),
        request("400", "/", "http", "u@evil"),
        request("400", "evil", "http", "a.example"),
        request("400", "http://b.example/", "http", "a.example"),
        request("400", "/%00", "http", "a.example"),
        request("400", "/a b", "http", "a.example"),
        request("400", "/a\tb", "http", "a.example"),
        request("400", "/a ", "http", "a.example"),
        request("400", "/", "http", "a.example b"),
        request("400", "/", "http", "a.example\t"),
        request("400", "/", "http ", "a.example"),
        request("400", "/", "http://evil/?", "a.example"),
        request("417", "/", "http", "a.example", "expect", "tea"),
        request("431", "/", "http", "a.example", many(101)),
        request("431", "/", "http", "a.example", "x", "y".repeat(33 << 10)));
  }

  private static List<String> request(
      String status, String path, String scheme, String authority, String... more) {
    List<String> fields =
        new ArrayList<>(
            List.of(status, ":method", "GET", ":scheme", scheme, ":path", path, ":authority"));
    fields.add(authority);
    fields.addAll(List.of(more));
    return fields;
  }

  private static String[] many(int count) {
    String[] fields = new String[2 * count];
    for (int i = 0; i < count; i++) {
      fields[2 * i] = "x-" + i;
      fields[2 * i + 1] = "y";
    }
    return fields;
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusesInWords(List<String> statusAndFields) {
    List<String> fields = statusAndFields.subList(1, statusAndFields.size());
    byte[] block = Http2Client.block(fields.toArray(String[]::new));
    for (int at = 0; at < block.length; at += 16_000) {
      int end = Math.min(block.length, at + 16_000);
      boolean isLast = end == block.length;
      client.send(
          at == 0 ? HEADERS : Http2Client.CONTINUATION,
          (at == 0 ? Http2Client.END_STREAM : 0) | (isLast ? Http2Client.END_HEADERS : 0),
          1,
          Unpooled.wrappedBuffer(block, at, end - at));
    }
    Answer answer = client.answer(1);

    assertThat(answer.status()).isEqualTo(Integer.parseInt(statusAndFields.get(0)));
    assertThat(answer.fields()).containsEntry("content-type", "application/problem+json");
    assertThat(UPSTREAM.pending()).isZero();
    assertThat(client.get(3, "/next").answer(3).status()).isEqualTo(200);
  }

  /** J13 to J18, B21, J20: what must not reach an upstream in a form that means two things. */
  static List<List<String>> malformed() {
    return List.of(
        List.of("x", "a\r\nb: c"),
        List.of("x", "a\nb"),
        List.of("x", "a\0b"),
        List.of("x", " a"),
        List.of("x", "a\t"),
        List.of("x y", "a"),
        List.of("x:", "a"),
        List.of("X", "a"),
        List.of("", "a"),
        List.of("transfer-encoding", "chunked"),
        List.of("connection", "close"),
        List.of("keep-alive", "1"),
        List.of("proxy-connection", "close"),
        List.of("upgrade", "h2c"),
        List.of("te", "gzip"),
        List.of(":path", "/b"),
        List.of(":status", "200"),
        List.of(":protocol", "websocket"),
        List.of("content-length", "+3"),
        List.of("content-length", "3"),
        List.of("content-length", "0", "content-length", "1"));
  }

  /** J14, J15: what names no method, no target or no scheme, or what only answers have. */
  static List<List<String>> incomplete() {
    return List.of(
        List.of(":method", "GET", ":path", "/", ":authority", "a"),
        List.of(":method", "GET", ":scheme", "http", ":authority", "a"),
        List.of(":method", "GET", ":scheme", "http", ":path", "", ":authority", "a"),
        List.of(":scheme", "http", ":path", "/", ":authority", "a"),
        List.of(":method", "", ":scheme", "http", ":path", "/", ":authority", "a"),
        List.of(":method", "G T", ":scheme", "http", ":path", "/", ":authority", "a"),
        List.of(":method", "GET", ":method", "GET", ":scheme", "http", ":path", "/"),
        List.of(":method", "GET", ":scheme", "http", ":path", "/", ":odd", "1"),
        List.of(":status", "200"),
        List.of("host", "a"));
  }

  @ParameterizedTest
  @MethodSource("incomplete")
  void resetsWhatIsNoRequest(List<String> fields) {
    client.headers(1, true, fields.toArray(String[]::new));

    assertThat(client.next(RST_STREAM).code()).isEqualTo(1);
    assertThat(UPSTREAM.pending()).isZero();
    assertThat(client.get(3, "/next").answer(3).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void resetsWhatIsMalformed(List<String> field) {
    client.get(1, "/x", field.toArray(String[]::new));

    Frame frame = client.next(RST_STREAM);
    assertThat(frame.code()).isEqualTo(1);
    assertThat(UPSTREAM.pending()).isZero();
    assertThat(client.get(3, "/next").answer(3).status()).isEqualTo(200);
  }

  @Test
  void resetsABodyThatIsNotAsLongAsItWasSaidToBe() throws Exception {
    client.request("POST", 1, "/x", false, "content-length", "10");
    client.data(1, "012", false);
    FakeUpstream.Exchange received = UPSTREAM.received();
    client.data(1, "", true);

    assertThat(client.next(RST_STREAM).code()).isEqualTo(1);
    assertThat(received.head().get("content-length")).isEqualTo("10");
  }

  @Test
  void saysNoToABodyThatIsTooLargeAndStopsIt() {
    client.request("POST", 1, "/small", false).data(1, "0123456789abcdef", false);

    assertThat(client.answer(1).status()).isEqualTo(413);
    Frame reset = client.next(RST_STREAM);
    assertThat(reset.code()).isZero();
  }

  @Test
  void aResetFreesEverything() {
    UPSTREAM.on("/hang", FakeUpstream.Exchange::hang);
    client.get(1, "/hang");
    UPSTREAM.received();
    client.reset(1);

    GATEWAY.awaitMetric("weir_requests_in_flight{listener=\"data\"}", 0);
    GATEWAY.awaitMetric("weir_upstream_connections_active{upstream=\"one\"}", 0);
    assertThat(client.get(3, "/next").answer(3).status()).isEqualTo(200);
  }

  @Test
  void cutsAnAnswerThatBreaksOff() {
    UPSTREAM.on(
        "/breaks",
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
          exchange.close();
        });
    client.get(1, "/breaks");

    assertThat(client.next(RST_STREAM).code()).isEqualTo(2);
    assertThat(client.get(3, "/next").answer(3).status()).isEqualTo(200);
  }

  /** J10: a client that gives no credit is not waited for. */
  @Test
  void givesUpAStreamThatTakesNothing() {
    try (Http2Client slow = Http2Client.withWindow(GATEWAY.port(), 0)) {
      slow.get(1, "/x");
      assertThat(slow.next(HEADERS).fields()).containsEntry(":status", "200");
      assertThat(slow.next(RST_STREAM).code()).isEqualTo(8);
      GATEWAY.awaitMetric("weir_requests_in_flight{listener=\"data\"}", 0);
    }
  }

  /** What the client has no credit for stays with the upstream. */
  @Test
  void readsFromTheUpstreamAsTheClientTakes() throws Exception {
    String megabyte = "x".repeat(1 << 20);
    CountDownLatch sent = new CountDownLatch(1);
    UPSTREAM.on(
        "/large",
        exchange -> {
          for (int i = 0; i < 64; i++) {
            if (i == 0) {
              exchange.send("HTTP/1.1 200 OK\r\nContent-Length: " + (64 << 20) + "\r\n\r\n");
            }
            exchange.send(megabyte);
          }
          sent.countDown();
        });
    client.get(1, "/large");
    long received = 0;
    while (received < 65_535) {
      received += client.next(DATA).payload().length;
    }
    assertThat(received).isEqualTo(65_535);
    assertThat(sent.getCount()).isEqualTo(1);

    client.credit(0, 1 << 30).credit(1, 1 << 30);
    while (received < 64 << 20) {
      received += client.next(DATA).payload().length;
    }
    sent.await();
  }

  /** Twenty times a window: without credit for what was read the client could not go on. */
  @Test
  void givesCreditForWhatTheUpstreamHasRead() throws Exception {
    UPSTREAM.on("/length", exchange -> exchange.reply(200, "" + exchange.body().length));
    client.request("POST", 1, "/length", false);
    String piece = "x".repeat(16_000);
    int credit = 65_535;
    int sent = 0;
    while (sent < 20 * 65_535) {
      while (credit >= piece.length()) {
        client.data(1, piece, false);
        credit -= piece.length();
        sent += piece.length();
      }
      Frame update = client.next(Http2Client.WINDOW_UPDATE);
      credit += update.stream() == 1 ? update.number(0) : 0;
    }
    client.data(1, "", true);

    assertThat(client.answer(1).text()).isEqualTo("" + sent);
  }

  @Test
  void refusesMoreStreamsThanItAllows() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    UPSTREAM.on(
        "/wait",
        exchange -> {
          released.await();
          exchange.reply(200, "ok");
        });
    for (int i = 0; i < 10; i++) {
      client.get(2 * i + 1, "/wait");
    }
    client.get(21, "/wait");

    Frame refused = client.next(RST_STREAM);
    assertThat(refused.stream()).isEqualTo(21);
    assertThat(refused.code()).isEqualTo(7);
    released.countDown();
    assertThat(client.answer(19).text()).isEqualTo("ok");
  }

  private void endsWithEnhanceYourCalm() {
    assertThat(client.next(GOAWAY).code()).isEqualTo(11);
    Await.until("the connection ends", () -> client.next() == null);
  }

  /** J1: CVE-2023-44487. */
  @Test
  void endsAConnectionThatResetsTooMuch() {
    for (int i = 0; i < 21; i++) {
      client.get(2 * i + 1, "/x").reset(2 * i + 1);
    }
    endsWithEnhanceYourCalm();
  }

  /** J2: CVE-2025-8671. */
  @Test
  void endsAConnectionThatMakesUsResetTooMuch() {
    for (int i = 0; i < 21; i++) {
      client.get(2 * i + 1, "/x").credit(2 * i + 1, 0);
    }
    endsWithEnhanceYourCalm();
  }

  @Test
  void countsFaultsInFieldsAsResets() {
    for (int i = 0; i < 21; i++) {
      client.get(2 * i + 1, "/x", "X", "y");
    }
    endsWithEnhanceYourCalm();
  }

  /** J4 to J7: frames that cost us and bring nothing. */
  @ParameterizedTest
  @CsvSource({"2, 5, 1", "4, 0, 0", "6, 8, 0", "8, 4, 0", "99, 10, 0", "0, 0, 1"})
  void endsAConnectionThatKeepsUsBusy(int type, int length, int stream) {
    client.request("POST", 1, "/x", false);
    byte[] payload = new byte[length];
    if (type == Http2Client.WINDOW_UPDATE) {
      payload[3] = 1;
    }
    for (int i = 0; i < 300; i++) {
      client.send(type, 0, stream, Unpooled.wrappedBuffer(payload));
    }
    endsWithEnhanceYourCalm();
  }

  /** J3: CVE-2024-27316. */
  @Test
  void endsAHeaderBlockWithoutEnd() {
    byte[] block = Http2Client.block(":method", "GET", "x", "y".repeat(8_000));
    client.send(HEADERS, 0, 1, Unpooled.wrappedBuffer(block));
    for (int i = 0; i < 20; i++) {
      client.send(Http2Client.CONTINUATION, 0, 1, Unpooled.wrappedBuffer(block));
    }
    assertThat(client.next(GOAWAY).code()).isIn(1, 11);
  }
}
