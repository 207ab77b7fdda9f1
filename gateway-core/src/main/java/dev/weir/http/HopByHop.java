package dev.weir.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Fields that speak of one connection and end there: the ones that are known to, and those that the
 * sender names in its Connection field (RFC 9110 §7.6.1).
 */
public final class HopByHop {

  /** Naming one of these in Connection would take from the receiver what it must be able to see. */
  private static final Set<String> NEVER_AN_OPTION =
      Set.of(
          "host",
          "content-length",
          "content-type",
          "content-encoding",
          "authorization",
          "cache-control",
          "cookie",
          "set-cookie",
          "origin",
          "date",
          "expect",
          "idempotency-key",
          "forwarded",
          "via",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-proto",
          "x-forwarded-port",
          "x-real-ip",
          "x-request-id",
          "traceparent",
          "tracestate");

  /** Of the upgrade to HTTP/2 that RFC 9113 §3.1 has done away with. */
  private static final AsciiString HTTP2_SETTINGS = AsciiString.cached("http2-settings");

  private HopByHop() {}

  /**
   * A copy of {@code headers} that may go on to the next hop.
   *
   * @throws FailureException {@link Failure#BAD_HEADER} if Connection names a field that is not for
   *     one hop only, or what is no field
   */
  public static HttpHeaders without(HttpHeaders headers) {
    HttpHeaders copy = Fields.create();
    var fields = headers.iteratorCharSequence();
    while (fields.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = fields.next();
      if (!isHopByHop(field.getKey())) {
        copy.add(field.getKey(), field.getValue());
      }
    }
    for (String option : options(headers)) {
      if (NEVER_AN_OPTION.contains(option) || !isToken(option)) {
        throw Failure.BAD_HEADER.exception(
            "connection: " + Quoted.of(option) + " (expected: fields of one hop only)");
      }
      copy.remove(option);
    }
    return copy;
  }

  /**
   * The same for a response, in place. It never throws: a Connection field that names a field for
   * everybody is the upstream's mistake and not the client's, who is better served by an answer
   * with that field than by none, so such an option is ignored.
   */
  public static void strip(HttpHeaders headers) {
    List<String> options = options(headers);
    headers
        .remove(HttpHeaderNames.CONNECTION)
        .remove(Fields.KEEP_ALIVE)
        .remove(Fields.PROXY_CONNECTION)
        .remove(HttpHeaderNames.TRANSFER_ENCODING)
        .remove(HttpHeaderNames.TE)
        .remove(HttpHeaderNames.UPGRADE)
        .remove(HttpHeaderNames.PROXY_AUTHENTICATE);
    for (String option : options) {
      if (!NEVER_AN_OPTION.contains(option)) {
        headers.remove(option);
      }
    }
  }

  /** What the Connection fields name besides the usual, in lower case. */
  private static List<String> options(HttpHeaders headers) {
    List<String> options = List.of();
    for (String line : headers.getAll(HttpHeaderNames.CONNECTION)) {
      if (line.equalsIgnoreCase("keep-alive") || line.equalsIgnoreCase("close")) {
        continue;
      }
      options = options.isEmpty() ? new ArrayList<>() : options;
      for (String option : line.split(",", -1)) {
        String name = AsciiCase.lower(option.trim());
        if (!name.isEmpty()) {
          options.add(name);
        }
      }
    }
    return options;
  }

  /** RFC 9110 §5.6.2. */
  private static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isLetterOrDigit = c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
      if (!isLetterOrDigit && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  /** By length first: nearly every field is told apart by that alone. */
  private static boolean isHopByHop(CharSequence name) {
    return switch (name.length()) {
      case 2 -> is(HttpHeaderNames.TE, name);
      case 7 -> is(HttpHeaderNames.UPGRADE, name) || is(HttpHeaderNames.TRAILER, name);
      case 10 -> is(HttpHeaderNames.CONNECTION, name) || is(Fields.KEEP_ALIVE, name);
      case 14 -> is(HTTP2_SETTINGS, name);
      case 16 -> is(Fields.PROXY_CONNECTION, name);
      case 17 -> is(HttpHeaderNames.TRANSFER_ENCODING, name);
      case 18 -> is(HttpHeaderNames.PROXY_AUTHENTICATE, name);
      case 19 -> is(HttpHeaderNames.PROXY_AUTHORIZATION, name);
      default -> false;
    };
  }

  private static boolean is(AsciiString field, CharSequence name) {
    return field.contentEqualsIgnoreCase(name);
  }
}
