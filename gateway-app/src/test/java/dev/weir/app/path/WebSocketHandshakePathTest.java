package dev.weir.app.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.HttpHead;
import dev.weir.testing.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** H3, H4, H11, and what an upstream may answer to a handshake (RFC 6455 §4.1). */
final class WebSocketHandshakePathTest {

  private static final String SWITCH =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n";
  private static final String ACCEPT = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
  private static final FakeUpstream UPSTREAM = new FakeUpstream();

  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.of(
          """
          upstreams:
            one: {endpoints: $1, breaker: off}
          defaults: {retry: off}
          routes:
            - {id: all, to: one}
            - {id: off, path: /off, to: one, websocket: off}
            - {id: plain, path: /plain, to: one, websocket: {compression: refuse}}
            - id: listed
              path: /listed
              to: one
              websocket: {origins: ["https://app.example"]}
          """,
          UPSTREAM);

  private static RawClient connect(String path, String fields) {
    return GATEWAY.client().send(WebSocketPathTest.HANDSHAKE.formatted(path, "handshake", fields));
  }

  private static HttpHead offered(String path, String fields) {
    UPSTREAM.on(
        path,
        exchange -> {
          exchange.send(SWITCH + ACCEPT + "\r\n");
          exchange.hang();
        });
    RawClient client = connect(path, fields);
    assertThat(client.head().firstLine()).contains("101");
    client.close();
    return UPSTREAM.received().head();
  }

  @ParameterizedTest
  @CsvSource({
    "/, http://example.com, 101",
    "/, https://example.com, 101",
    "/, https://evil.example, 403",
    "/, null, 403",
    "/listed, https://app.example, 101",
    "/listed, http://example.com, 403"
  })
  void letsPagesOfAllowedOriginsIn(String path, String origin, int status) {
    UPSTREAM.on(
        path,
        exchange -> {
          exchange.send(SWITCH + ACCEPT + "\r\n");
          exchange.hang();
        });
    RawClient client = connect(path, "Origin: " + origin + "\r\n");

    if (status == 101) {
      assertThat(client.head().firstLine()).contains("101");
    } else {
      RawClient.Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.text()).contains("origin_refused");
      assertThat(UPSTREAM.pending()).isZero();
    }
  }

  @Test
  void refusesTwoOrigins() {
    String origin = "Origin: http://example.com\r\n";

    assertThat(connect("/", origin + origin).answer().status()).isEqualTo(400);
  }

  @Test
  void passesOnWhatItUnderstandsOfTheOffer() {
    String offers =
        "Sec-WebSocket-Extensions: x-other; a=b, permessage-deflate; client_max_window_bits\r\n"
            + "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: a, b\r\n";

    assertThat(offered("/offer", offers).get("sec-websocket-extensions"))
        .isEqualTo("permessage-deflate; client_max_window_bits, permessage-deflate");
    assertThat(offered("/offer", offers).get("sec-websocket-protocol")).isEqualTo("a, b");
    assertThat(offered("/plain", offers).get("sec-websocket-extensions")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOp=\r\n",
        ACCEPT + ACCEPT,
        ACCEPT + "Upgrade: h2c\r\n",
        ACCEPT + "Sec-WebSocket-Protocol: c\r\n",
        ACCEPT + "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b\r\n",
        ACCEPT + "Sec-WebSocket-Extensions: x-other\r\n",
        ACCEPT + "Sec-WebSocket-Extensions: permessage-deflate, permessage-deflate\r\n",
        ACCEPT + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=10\r\n",
        ACCEPT + "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=7\r\n",
        ACCEPT + "Sec-WebSocket-Extensions: permessage-deflate; what\r\n"
      })
  void refusesAnAnswerThatWasNotOffered(String fields) {
    UPSTREAM.on(
        "/wrong",
        exchange -> {
          exchange.send(SWITCH + fields + "\r\n");
          exchange.hang();
        });

    RawClient.Answer answer =
        connect(
                "/wrong",
                "Sec-WebSocket-Protocol: a, b\r\nSec-WebSocket-Extensions: permessage-deflate\r\n")
            .answer();

    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.text()).contains("upstream_invalid");
  }

  @Test
  void refusesAnExtensionThatNobodyOffered() {
    UPSTREAM.on(
        "/wrong",
        exchange -> {
          exchange.send(SWITCH + ACCEPT + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
          exchange.hang();
        });

    assertThat(connect("/wrong", "").answer().status()).isEqualTo(502);
  }

  @Test
  void passesAChoiceOfWhatWasOffered() {
    UPSTREAM.on(
        "/chosen",
        exchange -> {
          exchange.send(
              SWITCH
                  + ACCEPT
                  + "Sec-WebSocket-Protocol: b\r\nSec-WebSocket-Extensions: permessage-deflate;"
                  + " server_no_context_takeover; client_max_window_bits=\"12\"\r\n\r\n");
          exchange.hang();
        });
    RawClient client =
        connect(
            "/chosen",
            "Sec-WebSocket-Protocol: a, b\r\n"
                + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");

    HttpHead head = client.head();
    assertThat(head.firstLine()).contains("101");
    assertThat(head.get("sec-websocket-protocol")).isEqualTo("b");
    assertThat(head.get("sec-websocket-extensions")).startsWith("permessage-deflate;");
  }

  /** H3. */
  @Test
  void forwardsTheWishAsAPlainRequestWhereThereAreNoWebSockets() {
    RawClient client = connect("/off", "");

    assertThat(client.answer().text()).isEqualTo("ok");
    HttpHead sent = UPSTREAM.received().head();
    assertThat(sent.get("upgrade")).isNull();
    assertThat(sent.get("connection")).isNull();
    assertThat(client.get("/off").answer().status()).isEqualTo(200);
  }
}
