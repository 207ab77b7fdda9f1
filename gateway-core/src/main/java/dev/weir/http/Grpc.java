package dev.weir.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway has to know of gRPC over HTTP/2: how a call is told from another request, how long
 * its client waits, and how it is told of a failure that was not its server's.
 */
public final class Grpc {

  public static final AsciiString STATUS = AsciiString.cached("grpc-status");
  public static final AsciiString MESSAGE = AsciiString.cached("grpc-message");
  public static final AsciiString TIMEOUT = AsciiString.cached("grpc-timeout");
  private static final String MEDIA_TYPE = "application/grpc";
  private static final int MAX_TIMEOUT_DIGITS = 8;
  private static final long MAX_TIMEOUT = 99_999_999;
  private static final String HEX = "0123456789ABCDEF";

  private static final int DEADLINE_EXCEEDED = 4;
  private static final int PERMISSION_DENIED = 7;
  private static final int RESOURCE_EXHAUSTED = 8;
  private static final int UNIMPLEMENTED = 12;
  private static final int INTERNAL = 13;
  private static final int UNAVAILABLE = 14;

  private Grpc() {}

  /** Whether these are the fields of a call: {@code application/grpc}, maybe with a subtype. */
  public static boolean isCall(HttpHeaders headers) {
    String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
    if (type == null || !type.regionMatches(true, 0, MEDIA_TYPE, 0, MEDIA_TYPE.length())) {
      return false;
    }
    int end = MEDIA_TYPE.length();
    return type.length() == end || type.charAt(end) == '+' || type.charAt(end) == ';';
  }

  /**
   * How long the client waits for the end of its call, in nanoseconds; -1 if it says nothing, or
   * this is no call.
   *
   * @throws FailureException {@link Failure#BAD_HEADER}
   */
  static long timeoutNanos(HttpHeaders headers) {
    String value = headers.get(TIMEOUT);
    if (value == null || !isCall(headers)) {
      return -1;
    }
    int digits = value.length() - 1;
    TimeUnit unit = digits < 1 ? null : unit(value.charAt(digits));
    boolean isNumber =
        digits <= MAX_TIMEOUT_DIGITS
            && value.chars().limit(Math.max(0, digits)).allMatch(c -> c >= '0' && c <= '9');
    if (unit == null || !isNumber) {
      throw Failure.BAD_HEADER.exception(
          "grpc-timeout: "
              + Quoted.of(value)
              + " (expected: up to 8 digits and a unit, like 500m)");
    }
    return unit.toNanos(Long.parseLong(value, 0, digits, 10));
  }

  private static @Nullable TimeUnit unit(char unit) {
    return switch (unit) {
      case 'H' -> TimeUnit.HOURS;
      case 'M' -> TimeUnit.MINUTES;
      case 'S' -> TimeUnit.SECONDS;
      case 'm' -> TimeUnit.MILLISECONDS;
      case 'u' -> TimeUnit.MICROSECONDS;
      case 'n' -> TimeUnit.NANOSECONDS;
      default -> null;
    };
  }

  /**
   * What the next hop is to be told in the field {@code grpc-timeout}: what is left of what the
   * client gave, at least a millisecond; null if it gave nothing.
   *
   * @param elapsedNanos since the request began
   */
  public static @Nullable String remainingTimeout(HttpHeaders headers, long elapsedNanos) {
    long given = timeoutNanos(headers);
    if (given < 0) {
      return null;
    }
    long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(given - elapsedNanos));
    return millis <= MAX_TIMEOUT ? millis + "m" : millis / 1000 + "S";
  }

  /**
   * Says in a trailer section, which is the whole answer, what went wrong.
   *
   * @param detail for a person; null if there is no more to say than the failure's title
   */
  public static void putStatus(HttpHeaders headers, Failure failure, @Nullable String detail) {
    headers.set(HttpHeaderNames.CONTENT_TYPE, MEDIA_TYPE);
    headers.set(STATUS, statusOf(failure));
    headers.set(MESSAGE, encode(failure.title() + (detail == null ? "" : " " + detail)));
  }

  /**
   * The code of a status. It tells clients what they may do: UNAVAILABLE is repeated by many, so it
   * is kept for what that may help; a limit is RESOURCE_EXHAUSTED.
   */
  public static int statusOf(Failure failure) {
    return switch (failure) {
      case RATE_LIMITED,
          BODY_TOO_LARGE,
          MESSAGE_REFUSED,
          HEADERS_TOO_LARGE,
          TOO_MANY_HEADERS,
          TARGET_TOO_LONG ->
          RESOURCE_EXHAUSTED;
      case NO_ROUTE, METHOD_NOT_ALLOWED, METHOD_NOT_KNOWN, CODING_NOT_SUPPORTED -> UNIMPLEMENTED;
      case ATTEMPT_TIMEOUT, DEADLINE_EXCEEDED, UPSTREAM_STALLED, CLIENT_STALLED ->
          DEADLINE_EXCEEDED;
      case CONNECT_FAILED, CONNECT_TIMEOUT, UPSTREAM_TLS_FAILED, UPSTREAM_CLOSED -> UNAVAILABLE;
      case ORIGIN_REFUSED -> PERMISSION_DENIED;
      default -> failure.status() == 503 ? UNAVAILABLE : INTERNAL;
    };
  }

  /** Percent-encoding of what is not printable ASCII, and of the percent sign. */
  private static String encode(String message) {
    StringBuilder encoded = new StringBuilder(message.length());
    for (byte b : message.getBytes(StandardCharsets.UTF_8)) {
      if (b >= ' ' && b < 0x7F && b != '%') {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HEX.charAt(b >> 4 & 0xF)).append(HEX.charAt(b & 0xF));
      }
    }
    return encoded.toString();
  }
}
