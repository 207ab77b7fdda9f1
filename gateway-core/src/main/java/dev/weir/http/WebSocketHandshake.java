package dev.weir.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The wish to speak WebSocket (RFC 6455 §4.2.1). */
public final class WebSocketHandshake {

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

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
    boolean isRightVersion = version.equals(HttpVersion.HTTP_1_1) || version.majorVersion() == 2;
    if (!method.equals(HttpMethod.GET) || !isRightVersion) {
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

  /**
   * Adds what the wish of a client of HTTP/2 has not, and an upstream of HTTP/1.1 has to see (RFC
   * 8441 §5); the key is ours, as is the check of the answer to it.
   */
  public static void complete(HttpHeaders fields) {
    byte[] key = new byte[16];
    ThreadLocalRandom.current().nextBytes(key);
    fields.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    fields.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    fields.set(HttpHeaderNames.SEC_WEBSOCKET_KEY, Base64.getEncoder().encodeToString(key));
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

  /**
   * What is wrong with an answer of 101 (RFC 6455 §4.1); null if nothing is.
   *
   * @param request the fields of the handshake as the upstream got them
   */
  public static @Nullable String faultOfAnswer(HttpHeaders request, HttpHeaders answer) {
    String upgrade = String.join(", ", answer.getAll(HttpHeaderNames.UPGRADE));
    if (!HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(upgrade)
        || !answer.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)) {
      return "101 (expected: Upgrade: websocket, and Upgrade in the Connection field)";
    }
    String expected = accept(request.get(HttpHeaderNames.SEC_WEBSOCKET_KEY));
    if (!answer.getAll(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT).equals(List.of(expected))) {
      return "sec-websocket-accept (expected: the one that belongs to the key)";
    }
    String fault = faultOfProtocol(request, answer);
    return fault == null ? WebSocketExtensions.faultOf(request, answer) : fault;
  }

  private static @Nullable String faultOfProtocol(HttpHeaders request, HttpHeaders answer) {
    List<String> chosen = answer.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
    boolean isOffered =
        chosen.isEmpty()
            || chosen.size() == 1
                && request.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).stream()
                    .flatMap(line -> Stream.of(line.split(",", -1)))
                    .anyMatch(offer -> offer.trim().equals(chosen.get(0)));
    return isOffered
        ? null
        : "sec-websocket-protocol: "
            + Quoted.of(String.join(", ", chosen))
            + " (expected: one of those that were offered)";
  }

  /** The proof that a handshake was understood, for its key (RFC 6455 §4.2.2). */
  public static String accept(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
