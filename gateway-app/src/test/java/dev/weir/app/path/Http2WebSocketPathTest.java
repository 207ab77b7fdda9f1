package dev.weir.app.path;

import static dev.weir.testing.Frames.CLOSE;
import static dev.weir.testing.Frames.FIN;
import static dev.weir.testing.Frames.client;
import static dev.weir.testing.Frames.clientText;
import static dev.weir.testing.Frames.closing;
import static dev.weir.testing.Frames.joined;
import static dev.weir.testing.Frames.server;
import static dev.weir.testing.Frames.serverText;
import static dev.weir.testing.Http2Client.DATA;
import static dev.weir.testing.Http2Client.HEADERS;
import static dev.weir.testing.Http2Client.RST_STREAM;
import static dev.weir.testing.Http2Client.SETTINGS;
import static dev.weir.testing.Http2Client.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.http.WebSocketHandshake;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.FakeUpstream.Exchange;
import dev.weir.testing.Frames;
import dev.weir.testing.Http2Client;
import dev.weir.testing.Http2Client.Frame;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** WebSockets on streams of HTTP/2 (RFC 8441), to upstreams that speak HTTP/1.1. */
final class Http2WebSocketPathTest {

  private static final int CANCEL = 8;
  private static final int PROTOCOL_ERROR = 1;
  private static final int SECONDS = 30;

  private static final FakeUpstream UPSTREAM = new FakeUpstream();

  @RegisterExtension
  private static final TestGateway GATEWAY =
      TestGateway.of(
          """
          client: {write-stall: 400ms}
          upstreams: {one: {endpoints: $1, breaker: off}}
          defaults:
            websocket: {close-timeout: 1m}
          routes:
            - {id: all, path: /*, to: one, retry: off}
            - {id: none, path: /none, to: one, websocket: off}
            - {id: own, path: /own, respond: {status: 200}}
            - {id: idle, path: /idle, to: one, websocket: {idle: 1s}}
            - {id: hasty, path: /hasty, to: one, websocket: {close-timeout: 50ms}}
          """,
          UPSTREAM);

  private final Http2Client client = Http2Client.polite(GATEWAY.port());

  @AfterEach
  void close() {
    client.close();
  }

  private static <T> CompletableFuture<T> on(
      String path, WebSocketPathTest.Conversation<T> conversation) {
    return on(UPSTREAM, path, conversation);
  }

  /** What an upstream saw that has accepted a WebSocket. */
  private static <T> CompletableFuture<T> on(
      FakeUpstream upstream, String path, WebSocketPathTest.Conversation<T> conversation) {
    CompletableFuture<T> result = new CompletableFuture<>();
    upstream.on(
        path,
        exchange -> {
          try {
            exchange.send(accepted(exchange, ""));
            result.complete(conversation.hold(exchange));
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
          exchange.hang();
        });
    return result;
  }

  private static String accepted(Exchange exchange, String fields) {
    return "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Accept: "
        + WebSocketHandshake.accept(exchange.head().get("sec-websocket-key"))
        + "\r\n"
        + fields
        + "\r\n";
  }

  private static <T> T of(CompletableFuture<T> result) throws Exception {
    return result.get(SECONDS, TimeUnit.SECONDS);
  }

  private static Frames.Frame next(Exchange exchange) {
    return Frames.read(exchange::read);
  }

  /** The bytes that come on a stream; fails where that ends. */
  private static final class Stream {

    private final Http2Client client;
    private final int id;
    private ByteBuffer rest = ByteBuffer.allocate(0);
    private boolean hasEnded;

    Stream(Http2Client client, int id) {
      this.client = client;
      this.id = id;
    }

    static Stream open(Http2Client client, int id, String target, String... fields) {
      client.webSocket(id, target, fields);
      assertThat(client.next(HEADERS).fields()).containsEntry(":status", "200");
      return new Stream(client, id);
    }

    byte[] some(int length) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      while (bytes.size() < length) {
        if (!rest.hasRemaining()) {
          assertThat(hasEnded).as("the end of the stream").isFalse();
          Frame frame = next();
          assertThat(frame.type()).isEqualTo(DATA);
          hasEnded = frame.isEnd();
          rest = ByteBuffer.wrap(frame.payload());
        }
        byte[] piece = new byte[Math.min(rest.remaining(), length - bytes.size())];
        rest.get(piece);
        bytes.writeBytes(piece);
      }
      return bytes.toByteArray();
    }

    Frames.Frame message() {
      return Frames.read(this::some);
    }

    /** The next frame that is one of this stream's own. */
    private Frame next() {
      Frame frame = client.next();
      while (frame.stream() != id || frame.type() == WINDOW_UPDATE) {
        frame = client.next();
      }
      return frame;
    }

    void assertEnds() {
      while (!hasEnded) {
        Frame frame = next();
        assertThat(frame.type()).isEqualTo(DATA);
        assertThat(frame.payload()).isEmpty();
        hasEnded = frame.isEnd();
      }
      assertThat(rest.hasRemaining()).isFalse();
    }

    void assertIsReset(int code) {
      Frame frame = next();
      assertThat(frame.type()).isEqualTo(RST_STREAM);
      assertThat(frame.code()).isEqualTo(code);
    }
  }

  @Test
  void saysThatItSpeaksItOnlyWhereARouteDoes() throws Exception {
    assertThat(connectProtocol(client)).isEqualTo(1);
    try (TestGateway none =
            TestGateway.start(
                "routes: [{id: all, path: /*, respond: {status: 204}}]", new FakeUpstream());
        Http2Client other = Http2Client.polite(none.port())) {
      assertThat(connectProtocol(other)).isZero();
      other.webSocket(1, "/");
      assertThat(other.next(RST_STREAM).code()).isEqualTo(PROTOCOL_ERROR);
    }
  }

  /** SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 §3). */
  private static int connectProtocol(Http2Client client) {
    ByteBuffer settings = ByteBuffer.wrap(client.next(SETTINGS).payload());
    while (settings.hasRemaining()) {
      int id = settings.getShort();
      int value = settings.getInt();
      if (id == 8) {
        return value;
      }
    }
    return 0;
  }

  @Test
  void asksTheUpstreamWithTheHandshakeOfHttp11AndCarriesBothWays() throws Exception {
    CompletableFuture<Void> mayAccept = new CompletableFuture<>();
    UPSTREAM.on(
        "/chat",
        exchange -> {
          of(mayAccept);
          exchange.send(
              accepted(
                  exchange,
                  "Sec-WebSocket-Protocol: b\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"));
          exchange.send(serverText("re: " + next(exchange).text()));
          exchange.hang();
        });
    client.webSocket(
        1,
        "/chat?x=y",
        "sec-websocket-protocol",
        "a, b",
        "sec-websocket-extensions",
        "permessage-deflate, x-other",
        "x-request-id",
        "chat-1");

    Exchange asked = UPSTREAM.received();
    assertThat(asked.method()).isEqualTo("GET");
    assertThat(asked.target()).isEqualTo("/chat?x=y");
    assertThat(asked.head().get("upgrade")).isEqualTo("websocket");
    assertThat(asked.head().get("connection")).isEqualToIgnoringCase("upgrade");
    assertThat(asked.head().get("sec-websocket-version")).isEqualTo("13");
    assertThat(asked.head().get("sec-websocket-protocol")).isEqualTo("a, b");
    assertThat(asked.head().get("sec-websocket-extensions")).isEqualTo("permessage-deflate");
    assertThat(asked.head().get("host")).isEqualTo("a.example");
    assertThat(asked.head().get("via")).isEqualTo("2.0 weir");
    assertThat(asked.head().all(":protocol")).isEmpty();
    mayAccept.complete(null);

    Frame head = client.next(HEADERS);
    assertThat(head.isEnd()).isFalse();
    assertThat(head.fields())
        .containsEntry(":status", "200")
        .containsEntry("sec-websocket-protocol", "b")
        .containsEntry("sec-websocket-extensions", "permessage-deflate")
        .doesNotContainKeys("sec-websocket-accept", "upgrade", "connection", "content-length");
    client.data(1, clientText("hello"), false);
    assertThat(new Stream(client, 1).message().text()).isEqualTo("re: hello");
    client.reset(1);
    JsonNode line = GATEWAY.logged("chat-1");
    assertThat(line.get("protocol").asString()).isEqualTo("HTTP/2.0");
    assertThat(line.get("ended_by").asString()).isEqualTo("client");
  }

  /** What comes before the answer is for the WebSocket, if there will be one. */
  @Test
  void keepsWhatTheClientSaysBeforeTheAnswer() throws Exception {
    CompletableFuture<Frames.Frame> heard = on("/early", Http2WebSocketPathTest::next);
    client.webSocket(1, "/early").data(1, clientText("early"), false);

    assertThat(client.next(HEADERS).fields()).containsEntry(":status", "200");
    assertThat(of(heard).text()).isEqualTo("early");

    UPSTREAM.on("/refused", exchange -> exchange.reply(403, "no"));
    client.webSocket(3, "/refused").data(3, clientText("early"), false);
    Http2Client.Answer answer = client.answer(3);
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text()).isEqualTo("no");
    assertThat(client.next(RST_STREAM).code()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "/none, websocket, 501, protocol_not_supported",
    "/own, websocket, 501, protocol_not_supported",
    "/all, connect-udp, 501, protocol_not_supported",
    "/ignores, websocket, 502, upstream_invalid",
    "/down, websocket, 502, upstream_closed",
    "/%00, websocket, 400, bad_target",
  })
  void refusesInWords(String target, String protocol, int status, String reason) {
    UPSTREAM.on("/ignores", exchange -> exchange.reply(200, "plain"));
    UPSTREAM.on("/down", Exchange::close);
    String[] first = {":protocol", protocol};
    client.request("CONNECT", 1, target, false, withVersion(first, "13"));
    Http2Client.Answer answer = client.answer(1);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.text()).contains(reason);
    assertThat(client.get(3, "/next").answer(3).status()).isEqualTo(200);
  }

  private static String[] withVersion(String[] fields, String version) {
    String[] all = Arrays.copyOf(fields, fields.length + 2);
    all[fields.length] = "sec-websocket-version";
    all[fields.length + 1] = version;
    return all;
  }

  @Test
  void takesTheNameOfAProtocolInAnyCase() {
    UPSTREAM.on("/case", exchange -> exchange.send(accepted(exchange, "")));
    client.request(
        "CONNECT", 1, "/case", false, withVersion(new String[] {":protocol", "WebSocket"}, "13"));
    assertThat(client.next(HEADERS).fields()).containsEntry(":status", "200");
  }

  @Test
  void holdsTheHandshakeToItsRules() {
    client.request(
        "CONNECT", 1, "/v", false, withVersion(new String[] {":protocol", "websocket"}, "12"));
    Http2Client.Answer version = client.answer(1);
    assertThat(version.status()).isEqualTo(426);
    assertThat(version.fields())
        .containsEntry("sec-websocket-version", "13")
        .doesNotContainKey("upgrade");

    client.webSocket(3, "/l", "content-length", "4").data(3, "body", true);
    assertThat(client.answer(3).status()).isEqualTo(400);
    client.webSocket(5, "/o", "origin", "https://evil.example");
    assertThat(client.answer(5).status()).isEqualTo(403);
    assertThat(UPSTREAM.pending()).isZero();
  }

  /** RFC 8441 §4, RFC 9113 §8.5. */
  @Test
  void resetsWhatIsMalformed() throws Exception {
    client.get(1, "/x", ":protocol", "websocket");
    assertThat(client.next(RST_STREAM).code()).isEqualTo(PROTOCOL_ERROR);
    client.headers(3, false, ":method", "CONNECT", ":protocol", "websocket", ":authority", "a");
    assertThat(client.next(RST_STREAM).code()).isEqualTo(PROTOCOL_ERROR);
    client.webSocket(5, "/x", ":protocol", "websocket");
    assertThat(client.next(RST_STREAM).code()).isEqualTo(PROTOCOL_ERROR);
    assertThat(UPSTREAM.pending()).isZero();

    CompletableFuture<Integer> rest = on("/trailers", exchange -> exchange.read(1).length);
    Stream stream = Stream.open(client, 7, "/trailers");
    client.headers(7, true, "x", "y");
    stream.assertIsReset(PROTOCOL_ERROR);
    assertThat(of(rest)).isZero();
  }

  /** RFC 8441 §5: an orderly close is END_STREAM, on either side. */
  @Test
  void endsAsTheUpstreamDoes() throws Exception {
    CompletableFuture<Frames.Frame> closed =
        on(
            "/polite",
            exchange -> {
              Frames.Frame close = next(exchange);
              exchange.send(joined(serverText("late"), server(FIN | CLOSE, close.payload())));
              exchange.close();
              return close;
            });
    Stream stream = Stream.open(client, 1, "/polite", "x-request-id", "polite-h2");
    client.data(1, client(FIN | CLOSE, closing(4321, "done")), false);

    assertThat(stream.message().text()).isEqualTo("late");
    assertThat(stream.message().payload()).isEqualTo(closing(4321, "done"));
    stream.assertEnds();
    stream.assertIsReset(0);
    assertThat(of(closed).closeCode()).isEqualTo(4321);
    JsonNode line = GATEWAY.logged("polite-h2");
    assertThat(line.get("close_code").asInt()).isEqualTo(4321);
    assertThat(line.get("ended_by").asString()).isEqualTo("nobody");
  }

  /** Half of a stream may end before the other. */
  @Test
  void hearsTheLastWordsAfterTheClientsEnd() throws Exception {
    on(
        "/half",
        exchange -> {
          Frames.Frame close = next(exchange);
          exchange.send(joined(serverText("late"), server(FIN | CLOSE, close.payload())));
          exchange.close();
          return null;
        });
    Stream stream = Stream.open(client, 1, "/half");
    client.data(1, client(FIN | CLOSE, closing(1000, "")), true);

    assertThat(stream.message().text()).isEqualTo("late");
    assertThat(stream.message().closeCode()).isEqualTo(1000);
    stream.assertEnds();
  }

  @Test
  void doesNotWaitForeverForTheLastWords() throws Exception {
    CompletableFuture<Integer> rest =
        on(
            "/hasty",
            exchange -> {
              next(exchange);
              return exchange.read(1).length;
            });
    Stream stream = Stream.open(client, 1, "/hasty");
    client.data(1, client(FIN | CLOSE, closing(1000, "")), true);

    stream.assertEnds();
    assertThat(of(rest)).isZero();
  }

  @Test
  void endsWithTheClient() throws Exception {
    CompletableFuture<Integer> rest = on("/ends", exchange -> exchange.read(1).length);
    Stream stream = Stream.open(client, 1, "/ends");
    client.data(1, "", true);

    stream.assertEnds();
    assertThat(of(rest)).isZero();
  }

  @Test
  void endsWithAResetOfTheClient() throws Exception {
    CompletableFuture<Integer> rest = on("/reset", exchange -> exchange.read(1).length);
    Stream.open(client, 1, "/reset", "x-request-id", "reset-h2");
    client.reset(1);

    assertThat(of(rest)).isZero();
    assertThat(GATEWAY.logged("reset-h2").get("ended_by").asString()).isEqualTo("client");
    assertThat(client.get(3, "/next").answer(3).status()).isEqualTo(200);
  }

  /** RFC 8441 §5: what breaks off is CANCEL. */
  @Test
  void tellsThatTheUpstreamBrokeOff() throws Exception {
    CountDownLatch mayBreak = new CountDownLatch(1);
    on(
        "/breaks",
        exchange -> {
          exchange.send(serverText("half"));
          mayBreak.await();
          exchange.reset();
          return null;
        });
    Stream stream = Stream.open(client, 1, "/breaks");
    assertThat(stream.message().text()).isEqualTo("half");
    mayBreak.countDown();

    stream.assertIsReset(CANCEL);
  }

  /** Frames are judged as on HTTP/1.1; both sides are told. */
  @Test
  void tellsBothSidesWhatTheClientDidWrong() throws Exception {
    CompletableFuture<Frames.Frame> told =
        on(
            "/rude",
            exchange -> {
              Frames.Frame word = next(exchange);
              Frames.Frame close = next(exchange);
              exchange.send(serverText("echo: " + word.text()));
              exchange.send(server(FIN | CLOSE, closing(1000, "")));
              return close;
            });
    Stream stream = Stream.open(client, 1, "/rude", "x-request-id", "rude-h2");
    client.data(
        1, joined(clientText("hello"), client(FIN | 3, new byte[5]), clientText("more")), false);

    assertThat(of(told).closeCode()).isEqualTo(1002);
    assertThat(stream.message().text()).isEqualTo("echo: hello");
    assertThat(stream.message().closeCode()).isEqualTo(1002);
    stream.assertEnds();
    assertThat(GATEWAY.logged("rude-h2").get("reason").asString()).isEqualTo("frame_invalid");
  }

  /** The client is told first; its last words still go on, and then it ends in order. */
  @Test
  void closesWhatIsIdle() throws Exception {
    CompletableFuture<Frames.Frame> told =
        on(
            "/idle",
            exchange -> {
              Frames.Frame close = next(exchange);
              exchange.close();
              return close;
            });
    Stream stream = Stream.open(client, 1, "/idle", "x-request-id", "idle-h2");

    Frames.Frame close = stream.message();
    assertThat(close.closeCode()).isEqualTo(1001);
    client.data(1, client(FIN | CLOSE, close.payload()), false);
    assertThat(of(told).closeCode()).isEqualTo(1001);
    stream.assertEnds();
    assertThat(GATEWAY.logged("idle-h2").get("reason").asString()).isEqualTo("websocket_idle");
  }

  @Test
  void readsFromTheUpstreamAsTheClientTakes() throws Exception {
    byte[] megabyte = server(FIN | Frames.BINARY, new byte[1 << 20]);
    CountDownLatch sent = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    on(
        "/flood",
        exchange -> {
          for (int i = 0; i < 32; i++) {
            exchange.send(megabyte);
            begun.countDown();
          }
          sent.countDown();
          exchange.read(1);
          return null;
        });
    try (Http2Client patient = Http2Client.withWindow(GATEWAY.port(), 0)) {
      Stream stream = Stream.open(patient, 1, "/flood");
      patient.credit(0, 1 << 30).credit(1, 100_000);
      assertThat(stream.some(100_000)).hasSize(100_000);
      begun.await();
      assertThat(sent.getCount()).isEqualTo(1);
      patient.credit(1, 1 << 30);
      stream.some(32 * megabyte.length - 100_000);
      sent.await();
    }
  }

  /** Nobody holds an upstream by not taking what it says. */
  @Test
  void givesUpAClientThatTakesNothing() throws Exception {
    on(
        "/untaken",
        exchange -> {
          exchange.send(serverText("hello"));
          return exchange.read(1).length;
        });
    try (Http2Client slow = Http2Client.withWindow(GATEWAY.port(), 0)) {
      Stream.open(slow, 1, "/untaken").assertIsReset(CANCEL);
    }
  }

  /** Without credit for what went on a client would have to stop after a window. */
  @Test
  void takesFromTheClientAsTheUpstreamDoes() throws Exception {
    CountDownLatch mayRead = new CountDownLatch(1);
    int size = 1 << 20;
    CompletableFuture<Integer> heard =
        on(
            "/upload",
            exchange -> {
              mayRead.await();
              int total = 0;
              for (int i = 0; i < 32; i++) {
                total += next(exchange).payload().length;
              }
              return total;
            });
    Stream.open(client, 1, "/upload");
    byte[] message = client(FIN | Frames.BINARY, new byte[size]);
    int credit = 65_535;
    int sent = 0;
    while (sent < 32 * message.length) {
      int at = sent % message.length;
      int piece = Math.min(Math.min(16_000, credit), message.length - at);
      if (piece == 0) {
        mayRead.countDown();
        Frame update = client.next(WINDOW_UPDATE);
        credit += update.stream() == 1 ? update.number(0) : 0;
      } else {
        client.data(1, Arrays.copyOfRange(message, at, at + piece), false);
        credit -= piece;
        sent += piece;
      }
    }

    mayRead.countDown();
    assertThat(of(heard)).isEqualTo(32 * size);
  }

  /** Drain: the close frame is said, the stream ends, and so does the connection. */
  @Test
  void tellsClientsThatTheGatewayGoesAway() throws Exception {
    FakeUpstream upstream = new FakeUpstream();
    CompletableFuture<Frames.Frame> told =
        on(
            upstream,
            "/",
            exchange -> {
              Frames.Frame close = next(exchange);
              exchange.close();
              return close;
            });
    TestGateway gateway =
        TestGateway.start(
            """
            drain: {grace: 0s, finish: 20s, websockets: 10ms, websocket-code: 1012}
            upstreams: {one: $1}
            routes: [{id: all, to: one}]
            """,
            upstream);
    try (Http2Client other = Http2Client.polite(gateway.port())) {
      Stream stream = Stream.open(other, 1, "/");
      CompletableFuture<?> stopping = CompletableFuture.supplyAsync(() -> gateway.running().stop());
      Frames.Frame close = stream.message();
      assertThat(close.closeCode()).isEqualTo(1012);
      other.data(1, client(FIN | CLOSE, close.payload()), false);
      assertThat(of(told).closeCode()).isEqualTo(1012);
      stream.assertEnds();
      of(stopping);
    }
    assertThat(String.join("", gateway.log())).contains("gateway_stopping");
    upstream.close();
    gateway.assertNothingIsLeft();
  }

  @Test
  void stillRefusesConnectAlone() {
    client.headers(1, true, ":method", "CONNECT", ":authority", "a.example:443");
    assertThat(client.answer(1).status()).isEqualTo(405);
  }
}
