package dev.weir.app.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.Await;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.Frames;
import dev.weir.testing.HttpHead;
import dev.weir.testing.RawClient;
import java.io.EOFException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** card.1: a WebSocket passes byte for byte, whatever its frames hold. */
final class TunnelPathTest {

  private static final int MIB = 1 << 20;
  private static final int PIECES = 64;
  private static final long MOST_ON_THE_WAY = 32L * MIB;
  private static final String HANDSHAKE =
      "GET %s HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
          + "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
  private static final String ACCEPTED =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
          + "Sec-WebSocket-Protocol: chat\r\n\r\n";
  private static final FakeUpstream UPSTREAM = new FakeUpstream();

  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.of(
          """
          upstreams:
            one: $1
          routes:
            - {id: all, to: one}
          """,
          UPSTREAM);

  private static RawClient connect(String path) {
    return GATEWAY.client().send(HANDSHAKE.formatted(path));
  }

  private static byte[] piece() {
    byte[] piece = new byte[MIB];
    new Random(3).nextBytes(piece);
    return piece;
  }

  @Test
  void passesTheHandshakeAndBytesBothWays() {
    UPSTREAM.on(
        "/echo",
        exchange -> {
          // The first bytes come in one packet with the answer.
          exchange.send(Frames.joined(HttpHead.bytes(ACCEPTED), Frames.serverText("hello")));
          byte[] frame = exchange.some(10);
          exchange.send(Frames.server(Frames.FIN | Frames.BINARY, frame));
          exchange.hang();
        });
    RawClient client = connect("/echo");

    HttpHead head = client.head();
    assertThat(head.firstLine()).isEqualTo("HTTP/1.1 101 Switching Protocols");
    assertThat(head.get("sec-websocket-accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assertThat(head.get("sec-websocket-protocol")).isEqualTo("chat");
    assertThat(head.get("upgrade")).isEqualToIgnoringCase("websocket");
    assertThat(head.get("connection")).isEqualToIgnoringCase("upgrade");
    assertThat(head.get("content-length")).isNull();
    assertThat(Frames.read(client::some).text()).isEqualTo("hello");
    byte[] frame = Frames.clientText("word");
    client.send(frame);
    assertThat(Frames.read(client::some).payload()).isEqualTo(frame);
    HttpHead sent = UPSTREAM.received().head();
    assertThat(sent.get("sec-websocket-key")).isEqualTo("dGhlIHNhbXBsZSBub25jZQ==");
    assertThat(sent.get("sec-websocket-extensions")).isEqualTo("permessage-deflate");
    assertThat(sent.get("upgrade")).isEqualTo("websocket");
    assertThat(sent.get("connection")).isEqualTo("upgrade");
    client.close();
  }

  @Test
  void endsTheClientsSideWithTheUpstreams() {
    UPSTREAM.on(
        "/short",
        exchange -> {
          exchange.send(Frames.joined(HttpHead.bytes(ACCEPTED), Frames.serverText("bye")));
          exchange.close();
        });
    RawClient client = connect("/short");

    assertThat(client.head().firstLine()).contains("101");
    assertThat(Frames.read(client::some).text()).isEqualTo("bye");
    assertThat(client.isAtEnd()).isTrue();
  }

  @Test
  void endsTheUpstreamsSideWithTheClientsReset() {
    CountDownLatch ended = new CountDownLatch(1);
    UPSTREAM.on(
        "/left",
        exchange -> {
          exchange.send(ACCEPTED);
          try {
            exchange.hang();
          } finally {
            ended.countDown();
          }
        });
    RawClient client = connect("/left");
    assertThat(client.head().firstLine()).contains("101");

    client.reset();

    Await.until("the upstream's side has ended", () -> ended.getCount() == 0);
    GATEWAY.awaitMetric("weir_limit_in_use{limit=\"gateway\"}", 0);
  }

  @Test
  void passesARefusalOnAndKeepsTheConnection() {
    UPSTREAM.on("/no", exchange -> exchange.reply(403, "not you"));
    RawClient client = connect("/no");

    RawClient.Answer answer = client.answer();
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text()).isEqualTo("not you");
    assertThat(client.get("/").answer().text()).isEqualTo("ok");
  }

  @Test
  void holdsBackAnUpstreamWhoseClientIsSlow() {
    Held sent = new Held();
    byte[] piece = piece();
    UPSTREAM.on(
        "/much",
        exchange -> {
          exchange.send(ACCEPTED);
          for (int i = 0; i < PIECES; i++) {
            exchange.send(Frames.server(Frames.FIN | Frames.BINARY, piece));
            sent.sent(MIB);
          }
          exchange.hang();
        });
    RawClient client = GATEWAY.client(65_536).send(HANDSHAKE.formatted("/much"));
    assertThat(client.head().firstLine()).contains("101");

    assertThat(sent.awaitStandstill()).isLessThan(MOST_ON_THE_WAY);

    for (int i = 0; i < PIECES; i++) {
      assertThat(Arrays.equals(Frames.read(client::some).payload(), piece)).isTrue();
    }
    client.close();
  }

  @Test
  void passesMuchFromTheClientUnchanged() {
    byte[] piece = piece();
    UPSTREAM.on(
        "/upload",
        exchange -> {
          exchange.send(ACCEPTED);
          boolean isEqual = true;
          for (int i = 0; i < PIECES; i++) {
            isEqual &= Arrays.equals(Frames.read(exchange::read).payload(), piece);
          }
          exchange.send(Frames.serverText(isEqual ? "same" : "else"));
          exchange.hang();
        });
    RawClient client = connect("/upload");
    assertThat(client.head().firstLine()).contains("101");

    for (int i = 0; i < PIECES; i++) {
      client.send(Frames.client(Frames.FIN | Frames.BINARY, piece));
    }

    assertThat(Frames.read(client::some).text()).isEqualTo("same");
    client.close();
  }

  /** X3: bytes that come before the switch are for nobody, and are freed. */
  @Test
  void closesTheConnectionOfAClientThatDoesNotWaitForTheSwitch() throws Exception {
    UPSTREAM.on(
        "/early",
        exchange -> {
          exchange.pause(100);
          exchange.send(ACCEPTED);
          try {
            exchange.hang();
          } catch (EOFException expected) {
            return;
          }
        });
    RawClient client =
        GATEWAY.client().send(HANDSHAKE.formatted("/early") + "\u0081\u0085abcdefghi");

    Await.until("the connection is closed", client::isAtEnd);
    GATEWAY.awaitMetric("weir_upstream_connections_active{upstream=\"one\"}", 0);
    GATEWAY.awaitMetric("weir_connections_cut_total{listener=\"data\",reason=\"early_bytes\"}", 1);
  }
}
