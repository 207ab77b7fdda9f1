package dev.weir.app.path;

import static dev.weir.testing.Frames.BINARY;
import static dev.weir.testing.Frames.CLOSE;
import static dev.weir.testing.Frames.FIN;
import static dev.weir.testing.Frames.PING;
import static dev.weir.testing.Frames.PONG;
import static dev.weir.testing.Frames.TEXT;
import static dev.weir.testing.Frames.client;
import static dev.weir.testing.Frames.clientText;
import static dev.weir.testing.Frames.closing;
import static dev.weir.testing.Frames.header;
import static dev.weir.testing.Frames.joined;
import static dev.weir.testing.Frames.server;
import static dev.weir.testing.Frames.serverText;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.FakeUpstream.Exchange;
import dev.weir.testing.Frames;
import dev.weir.testing.Frames.Frame;
import dev.weir.testing.HttpHead;
import dev.weir.testing.RawClient;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Section I of the catalogue of bad inputs, from client to upstream and back: who is told what. */
final class WebSocketPathTest {

  static final String HANDSHAKE =
      "GET %s HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
          + "X-Request-Id: %s\r\n%s\r\n";
  static final byte[] ACCEPTED =
      HttpHead.bytes(
          "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
              + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
  private static final int SECONDS = 30;

  private static final FakeUpstream UPSTREAM = new FakeUpstream();

  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.of(
          """
          upstreams:
            one: $1
          defaults:
            websocket: {close-timeout: 1m}
          routes:
            - {id: all, to: one}
            - {id: small, path: /small/*, to: one, websocket: {max-frame: 200, max-message: 300}}
            - {id: slow, path: /slow/*, to: one, websocket: {control-frames-per-second: 2}}
            - {id: few, path: /few/*, to: one, websocket: {max-open: 1}}
            - {id: idle, path: /idle/*, to: one, websocket: {idle: 1s}}
            - {id: hasty, path: /hasty/*, to: one, websocket: {close-timeout: 50ms}}
          """,
          UPSTREAM);

  private static RawClient connect(String path, String id) {
    RawClient client = GATEWAY.client().send(HANDSHAKE.formatted(path, id, ""));
    assertThat(client.head().firstLine()).contains("101");
    return client;
  }

  /** What an upstream saw, for the test's own thread. */
  private static <T> CompletableFuture<T> on(String path, Conversation<T> conversation) {
    CompletableFuture<T> result = new CompletableFuture<>();
    UPSTREAM.on(
        path,
        exchange -> {
          try {
            exchange.send(ACCEPTED);
            result.complete(conversation.hold(exchange));
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
          exchange.hang();
        });
    return result;
  }

  @FunctionalInterface
  interface Conversation<T> {
    T hold(Exchange exchange) throws Exception;
  }

  private static <T> T of(CompletableFuture<T> result) throws Exception {
    return result.get(SECONDS, TimeUnit.SECONDS);
  }

  private static Frame next(RawClient client) {
    return Frames.read(client::some);
  }

  private static Frame next(Exchange exchange) {
    return Frames.read(exchange::read);
  }

  private static double violations(String route, String by, String rule) {
    return GATEWAY.metric(
        "weir_websocket_violations_total{by=\"%s\",route=\"%s\",rule=\"%s\"}"
            .formatted(by, route, rule));
  }

  @Test
  void carriesPingsPongsAndTheClosingHandshakeAsTheyAre() throws Exception {
    CompletableFuture<Frame> closed =
        on(
            "/polite",
            exchange -> {
              assertThat(next(exchange).first()).isEqualTo(FIN | PING);
              exchange.send(server(FIN | PONG, Frames.bytes("tick")));
              Frame close = next(exchange);
              exchange.send(joined(serverText("late"), server(FIN | CLOSE, close.payload())));
              exchange.close();
              return close;
            });
    RawClient client = connect("/polite", "polite-1");

    client.send(client(FIN | PING, Frames.bytes("tick")));
    assertThat(next(client).text()).isEqualTo("tick");
    client.send(client(FIN | CLOSE, closing(4321, "done")));

    assertThat(of(closed).payload()).isEqualTo(closing(4321, "done"));
    assertThat(next(client).text()).isEqualTo("late");
    assertThat(next(client).payload()).isEqualTo(closing(4321, "done"));
    assertThat(client.isAtEnd()).isTrue();
    JsonNode line = GATEWAY.logged("polite-1");
    assertThat(line.get("close_code").asInt()).isEqualTo(4321);
    assertThat(line.get("ended_by").asString()).isEqualTo("nobody");
    GATEWAY.awaitMetric(
        "weir_websocket_closes_total{by=\"client\",code=\"application\",route=\"all\"}", 1);
  }

  /** What the upstream still had to say arrives, then both have been told the same. */
  @Test
  void tellsBothSidesWhatTheClientDidWrong() throws Exception {
    CompletableFuture<Frame> told =
        on(
            "/rude",
            exchange -> {
              Frame word = next(exchange);
              Frame close = next(exchange);
              exchange.send(serverText("echo: " + word.text()));
              exchange.send(server(FIN | CLOSE, closing(1000, "")));
              return close;
            });
    RawClient client = connect("/rude", "rude-1");

    client.send(joined(clientText("hello"), client(FIN | 3, new byte[5]), clientText("more")));

    assertThat(of(told).first()).isEqualTo(FIN | CLOSE);
    assertThat(of(told).closeCode()).isEqualTo(1002);
    assertThat(next(client).text()).isEqualTo("echo: hello");
    assertThat(next(client).closeCode()).isEqualTo(1002);
    assertThat(client.isAtEnd()).isTrue();
    JsonNode line = GATEWAY.logged("rude-1");
    assertThat(line.get("reason").asString()).isEqualTo("frame_invalid");
    assertThat(line.get("ended_by").asString()).isEqualTo("client");
    assertThat(line.get("detail").asString()).contains("client", "opcode");
    assertThat(violations("all", "client", "opcode")).isEqualTo(1);
  }

  @Test
  void tellsBothSidesWhatTheUpstreamDidWrong() throws Exception {
    CompletableFuture<Frame> told =
        on(
            "/broken",
            exchange -> {
              exchange.send(joined(serverText("fine"), client(FIN | TEXT, new byte[1])));
              assertThat(next(exchange).text()).isEqualTo("last words");
              return next(exchange);
            });
    RawClient client = connect("/broken", "broken-1");

    assertThat(next(client).text()).isEqualTo("fine");
    assertThat(next(client).closeCode()).isEqualTo(1002);
    client.send(joined(clientText("last words"), client(FIN | CLOSE, closing(1002, ""))));

    assertThat(of(told).closeCode()).isEqualTo(1002);
    assertThat(client.isAtEnd()).isTrue();
    JsonNode line = GATEWAY.logged("broken-1");
    assertThat(line.get("reason").asString()).isEqualTo("upstream_frame_invalid");
    assertThat(line.get("ended_by").asString()).isEqualTo("upstream");
    assertThat(violations("all", "upstream", "mask")).isEqualTo(1);
  }

  /**
   * Of a frame that has gone on in part nothing can be taken back: the upstream is just cut off.
   */
  @Test
  void cutsAnUpstreamOffInTheMiddleOfAFrame() throws Exception {
    CompletableFuture<Void> begun = new CompletableFuture<>();
    CompletableFuture<Integer> rest =
        on(
            "/middle",
            exchange -> {
              assertThat(exchange.read(14)).hasSize(14);
              begun.complete(null);
              return exchange.read(Integer.MAX_VALUE).length;
            });
    RawClient client = connect("/middle", "middle-1");
    byte[] text = new byte[100_000];
    Arrays.fill(text, (byte) 'a');
    text[99_999] = (byte) 0xFF;
    byte[] frame = client(FIN | TEXT, text);

    client.send(Arrays.copyOf(frame, 20));
    of(begun);
    client.send(Arrays.copyOfRange(frame, 20, frame.length));

    assertThat(next(client).closeCode()).isEqualTo(1007);
    assertThat(client.isAtEnd()).isTrue();
    assertThat(of(rest)).isLessThan(frame.length);
    assertThat(violations("all", "client", "utf_8")).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"201, 1009, frame_size", "4611686018427387904, 1009, frame_size"})
  void refusesALargeFrameByItsHeader(long length, int code, String rule) throws Exception {
    CompletableFuture<Frame> told = on("/small/frame", WebSocketPathTest::next);
    RawClient client = connect("/small/frame", "small-" + length);
    double before = violations("small", "client", rule);

    client.send(joined(header(FIN | BINARY, length, 0x80), new byte[4]));

    assertThat(of(told).closeCode()).isEqualTo(code);
    client.close();
    assertThat(GATEWAY.logged("small-" + length).get("reason").asString())
        .isEqualTo("message_refused");
    assertThat(violations("small", "client", rule)).isEqualTo(before + 1);
  }

  @Test
  void refusesALargeMessage() throws Exception {
    CompletableFuture<Frame> told =
        on(
            "/small/message",
            exchange -> {
              assertThat(next(exchange).payload()).hasSize(200);
              return next(exchange);
            });
    RawClient client = connect("/small/message", "message-1");

    client.send(joined(client(BINARY, new byte[200]), client(FIN, new byte[101])));

    assertThat(of(told).closeCode()).isEqualTo(1009);
  }

  /** I14. */
  @Test
  void refusesAFloodOfPings() throws Exception {
    CompletableFuture<Integer> pings =
        on(
            "/slow/pings",
            exchange -> {
              int count = 0;
              Frame frame = next(exchange);
              while (frame.first() == (FIN | PING)) {
                count++;
                frame = next(exchange);
              }
              assertThat(frame.closeCode()).isEqualTo(1008);
              return count;
            });
    RawClient client = connect("/slow/pings", "pings-1");
    byte[] ping = client(FIN | PING, new byte[0]);

    client.send(joined(ping, ping, ping, ping, ping));

    assertThat(of(pings)).isEqualTo(2);
  }

  @Test
  void doesNotWaitForeverForTheAnswerToAClose() throws Exception {
    CompletableFuture<Frame> told = on("/hasty/deaf", WebSocketPathTest::next);
    RawClient client = connect("/hasty/deaf", "deaf-1");

    client.send(client(FIN | 3, new byte[0]));

    assertThat(of(told).closeCode()).isEqualTo(1002);
    assertThat(next(client).closeCode()).isEqualTo(1002);
    assertThat(client.isAtEnd()).isTrue();
  }

  /** An upstream that has answered the close frame, and does not close the connection. */
  @Test
  void doesNotWaitForeverForTheEndOfTheConnection() throws Exception {
    CompletableFuture<Frame> told =
        on(
            "/hasty/open",
            exchange -> {
              Frame close = next(exchange);
              exchange.send(server(FIN | CLOSE, close.payload()));
              return close;
            });
    RawClient client = connect("/hasty/open", "open-1");

    client.send(client(FIN | CLOSE, closing(1000, "")));

    assertThat(of(told).closeCode()).isEqualTo(1000);
    assertThat(next(client).closeCode()).isEqualTo(1000);
    assertThat(client.isAtEnd()).isTrue();
  }

  @Test
  void closesWhatIsIdle() throws Exception {
    CompletableFuture<Frame> told = on("/idle/quiet", WebSocketPathTest::next);
    RawClient client = connect("/idle/quiet", "quiet-1");

    Frame close = next(client);
    client.send(client(FIN | CLOSE, close.payload()));

    assertThat(close.closeCode()).isEqualTo(1001);
    assertThat(of(told).closeCode()).isEqualTo(1001);
    client.close();
    assertThat(GATEWAY.logged("quiet-1").get("reason").asString()).isEqualTo("websocket_idle");
  }

  /** H13. */
  @Test
  void boundsHowManyAreOpen() {
    UPSTREAM.on(
        "/few/one",
        exchange -> {
          exchange.send(ACCEPTED);
          exchange.hang();
        });
    RawClient first = connect("/few/one", "few-1");

    RawClient.Answer answer =
        GATEWAY.client().send(HANDSHAKE.formatted("/few/one", "few-2", "")).answer();
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.text()).contains("websockets_full");
    assertThat(answer.field("retry-after")).isEqualTo("1");

    first.close();
    GATEWAY.awaitMetric("weir_websocket_open{route=\"few\"}", 0);
    connect("/few/one", "few-3").close();
  }

  @Test
  void takesNoPermitFromRequests() {
    UPSTREAM.on(
        "/permits",
        exchange -> {
          exchange.send(ACCEPTED);
          exchange.hang();
        });
    connect("/permits", "permits-1");

    GATEWAY.awaitMetric("weir_websocket_open{route=\"all\"}", 1);
    GATEWAY.awaitMetric("weir_limit_in_use{limit=\"gateway\"}", 0);
    GATEWAY.awaitMetric("weir_limit_in_use{limit=\"upstream one\"}", 0);
    GATEWAY.awaitMetric("weir_upstream_connections_active{upstream=\"one\"}", 0);
  }

  /** A place that was taken for a handshake that the upstream refuses is given back. */
  @Test
  void countsOnlyThoseThatAreOpen() {
    UPSTREAM.on("/few/no", exchange -> exchange.reply(403, "no"));
    for (int i = 0; i < 3; i++) {
      RawClient client = GATEWAY.client().send(HANDSHAKE.formatted("/few/no", "no-" + i, ""));
      assertThat(client.answer().status()).isEqualTo(403);
    }
    String bad = "Connection: host\r\n";
    RawClient client = GATEWAY.client().send(HANDSHAKE.formatted("/few/no", "no-4", bad));
    assertThat(client.answer().status()).isEqualTo(400);
    assertThat(GATEWAY.metric("weir_websocket_open{route=\"few\"}")).isZero();
  }

  /** Spread over time, and first of all said to the client, whose last words still arrive. */
  @Test
  void tellsClientsThatTheGatewayGoesAway() throws Exception {
    FakeUpstream upstream = new FakeUpstream();
    CompletableFuture<Frame> told = new CompletableFuture<>();
    upstream.on(
        "/",
        exchange -> {
          exchange.send(ACCEPTED);
          assertThat(next(exchange).text()).isEqualTo("last words");
          told.complete(next(exchange));
        });
    TestGateway gateway =
        TestGateway.start(
            """
            drain: {grace: 0s, finish: 20s, websockets: 10ms, websocket-code: 1012}
            upstreams: {one: $1}
            routes: [{id: all, to: one}]
            """,
            upstream);
    RawClient client = gateway.client().send(HANDSHAKE.formatted("/", "drain-1", ""));
    assertThat(client.head().firstLine()).contains("101");

    CompletableFuture<?> stopping = CompletableFuture.supplyAsync(() -> gateway.running().stop());
    Frame close = next(client);
    client.send(joined(clientText("last words"), client(FIN | CLOSE, close.payload())));

    assertThat(close.closeCode()).isEqualTo(1012);
    assertThat(of(told).closeCode()).isEqualTo(1012);
    assertThat(client.isAtEnd()).isTrue();
    assertThat(of(stopping)).asInstanceOf(InstanceOfAssertFactories.LIST).isEmpty();
    assertThat(String.join("", gateway.log())).contains("gateway_stopping");
    upstream.close();
    gateway.assertNothingIsLeft();
  }
}
