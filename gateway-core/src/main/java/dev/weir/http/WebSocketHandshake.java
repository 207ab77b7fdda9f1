package dev.weir.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The wish to speak WebSocket (RFC 6455 §4.2.1). */
public final class WebSocketHandshake {

  private WebSocketHandshake() {}

  /** Whether the request asks to change to WebSocket; any other Upgrade is ignored. */
  public static boolean isWanted(Request request) {
    return isWanted(request.headers());
  }

  public static boolean isWanted(HttpHeaders headers) {
    return headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
  }

  /**
   * Passes a request that keeps all rules.
   *
   * @throws FailureException {@link Failure#MALFORMED_REQUEST} or {@link Failure#UPGRADE_REQUIRED}
   */
  public static void check(HttpMethod method, HttpVersion version, HttpHeaders headers) {
    if (!method.equals(HttpMethod.GET) || !version.equals(HttpVersion.HTTP_1_1)) {
      throw bad("a GET of HTTP/1.1");
    }
    if (!headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)) {
      throw bad("Upgrade in the Connection field");
    }
    List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
    boolean isWithoutBody = lengths.isEmpty() || lengths.equals(List.of("0"));
    if (!isWithoutBody || headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      throw bad("no body");
    }
    List<String> versions = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_VERSION);
    if (versions.size() != 1 || !versions.get(0).equals("13")) {
      throw Failure.UPGRADE_REQUIRED
          .exception("sec-websocket-version (expected: 13)")
          .fields(Map.of("sec-websocket-version", "13", "upgrade", "websocket"));
    }
    List<String> keys = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    if (keys.size() != 1 || !isKey(keys.get(0))) {
      throw bad("one Sec-WebSocket-Key of 16 bytes in Base64");
    }
  }

  private static boolean isKey(String key) {
    if (key.length() != 24) {
      return false;
    }
    try {
      return Base64.getDecoder().decode(key).length == 16;
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }

  private static FailureException bad(String expected) {
    return Failure.MALFORMED_REQUEST.exception("WebSocket handshake (expected: " + expected + ")");
  }
}
