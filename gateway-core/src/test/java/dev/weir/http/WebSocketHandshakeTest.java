package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 §4.2.1. */
class WebSocketHandshakeTest {

  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private final HttpHeaders headers =
      Fields.create()
          .set("Upgrade", "websocket")
          .set("Connection", "Upgrade")
          .set("Sec-WebSocket-Version", "13")
          .set("Sec-WebSocket-Key", KEY);

  private void check() {
    WebSocketHandshake.check(HttpMethod.GET, HttpVersion.HTTP_1_1, headers);
  }

  private void refuses(Failure failure) {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(this::check)
        .satisfies(refusal -> assertThat(refusal.failure()).isEqualTo(failure));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"websocket", "WebSocket", "h2c, websocket", "websocket,h2c", " WEBSOCKET"})
  void isWantedIfUpgradeNamesIt(String upgrade) {
    assertThat(WebSocketHandshake.isWanted(headers.set("Upgrade", upgrade))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "h2c", "websockets", "web socket", "websocket/13", "TLS/1.3"})
  void isNotWantedIfUpgradeNamesSomethingElse(String upgrade) {
    assertThat(WebSocketHandshake.isWanted(headers.set("Upgrade", upgrade))).isFalse();
  }

  @Test
  void isWantedInAnyOfSeveralFields() {
    assertThat(WebSocketHandshake.isWanted(headers.set("Upgrade", List.of("h2c", "websocket"))))
        .isTrue();
    assertThat(WebSocketHandshake.isWanted(headers.remove("Upgrade"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Upgrade", "upgrade", "keep-alive, Upgrade", "keep-alive,upgrade"})
  void passesWhatKeepsAllRules(String connection) {
    headers.set("Connection", connection).set("Content-Length", "0");

    assertThatCode(this::check).doesNotThrowAnyException();
  }

  @Test
  void refusesOtherMethodsAndVersions() {
    for (HttpMethod method : List.of(HttpMethod.POST, HttpMethod.HEAD, HttpMethod.valueOf("get"))) {
      assertThatExceptionOfType(FailureException.class)
          .isThrownBy(() -> WebSocketHandshake.check(method, HttpVersion.HTTP_1_1, headers))
          .satisfies(e -> assertThat(e.failure()).isEqualTo(Failure.MALFORMED_REQUEST));
    }
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> WebSocketHandshake.check(HttpMethod.GET, HttpVersion.HTTP_1_0, headers))
        .satisfies(e -> assertThat(e.failure()).isEqualTo(Failure.MALFORMED_REQUEST));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "keep-alive", "close", "Upgraded"})
  void refusesAConnectionThatDoesNotUpgrade(String connection) {
    headers.set("Connection", connection);

    refuses(Failure.MALFORMED_REQUEST);
  }

  @Test
  void refusesARequestWithoutConnection() {
    headers.remove("Connection");

    refuses(Failure.MALFORMED_REQUEST);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "5", "-0", "00", ""})
  void refusesABodyOfAnyLength(String length) {
    headers.set("Content-Length", length);

    refuses(Failure.MALFORMED_REQUEST);
  }

  @Test
  void refusesTwoLengths() {
    headers.set("Content-Length", List.of("0", "5"));

    refuses(Failure.MALFORMED_REQUEST);
  }

  @Test
  void refusesAChunkedBody() {
    headers.set("Transfer-Encoding", "chunked");

    refuses(Failure.MALFORMED_REQUEST);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "7", "8", "99", "", "13.0", "013", "13, 8", "\u0661\u0663"})
  void wantsVersion13(String version) {
    headers.set("Sec-WebSocket-Version", version);

    refuses(Failure.UPGRADE_REQUIRED);
  }

  @Test
  void wantsAVersionAndOneOnly() {
    headers.set("Sec-WebSocket-Version", List.of("13", "13"));
    refuses(Failure.UPGRADE_REQUIRED);

    headers.remove("Sec-WebSocket-Version");
    refuses(Failure.UPGRADE_REQUIRED);
  }

  @Test
  void saysWhichVersionItSpeaks() {
    headers.set("Sec-WebSocket-Version", "8");

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(this::check)
        .satisfies(
            refusal ->
                assertThat(refusal.fields())
                    .isEqualTo(Map.of("sec-websocket-version", "13", "upgrade", "websocket")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZQ=",
        "dGhlIHNhbXBsZSBub25jZQ== ",
        "dGhlIHNhbXBsZSBub25jZWU=",
        "dGhlIHNhbXBsZSBub25jZWVl",
        "dGhlIHNhbXBsZSBub25-ZQ==",
        "dGhlIHNhbXBsZSBub25\u00e9ZQ==",
        "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==",
        "========================",
      })
  void wantsAKeyOf16Bytes(String key) {
    headers.set("Sec-WebSocket-Key", key);

    refuses(Failure.MALFORMED_REQUEST);
  }

  @Test
  void wantsAKeyAndOneOnly() {
    headers.set("Sec-WebSocket-Key", List.of(KEY, KEY));
    refuses(Failure.MALFORMED_REQUEST);

    headers.remove("Sec-WebSocket-Key");
    refuses(Failure.MALFORMED_REQUEST);
  }
}
