package dev.weir.app.server;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Quoted;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the head of a request has to keep to, beyond what a parser sees to. */
final class HeadRules {

  /**
   * Fields that the gateway acts on or makes. Upstreams that turn names into variables, as CGI does
   * (RFC 3875 §4.1.18), can't tell them from the same name with underscores.
   */
  private static final Set<String> OURS =
      Set.of(
          "content-length",
          "transfer-encoding",
          "content-type",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-port",
          "x-forwarded-prefix",
          "x-forwarded-proto",
          "x-forwarded-server",
          "x-forwarded-ssl",
          "x-host",
          "x-original-host",
          "x-original-url",
          "x-real-ip",
          "x-rewrite-url",
          "x-http-method",
          "x-http-method-override",
          "x-method-override",
          "x-request-id",
          "x-request-timeout");

  /** Of which two can't both hold, and each reader picks another (RFC 9110 §5.3). */
  private static final List<AsciiString> SINGLE =
      List.of(
          HttpHeaderNames.AUTHORIZATION,
          HttpHeaderNames.CONTENT_TYPE,
          HttpHeaderNames.ORIGIN,
          AsciiString.cached("idempotency-key"));

  /** Codings by their names alone, the last of them chunked. */
  private static final Pattern ENDS_IN_CHUNKED =
      Pattern.compile(
          "(?:(?!chunked\\s*,)[!#$%&'*+.^_`|~0-9a-z-]+[ \\t]*,[ \\t]*)+chunked",
          Pattern.CASE_INSENSITIVE);

  private final ListenerPolicy policy;

  HeadRules(ListenerPolicy policy) {
    this.policy = policy;
  }

  /** Null for a request that keeps all of them. */
  @Nullable FailureException faultOf(HttpRequest request) {
    HttpVersion version = request.protocolVersion();
    if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
      return Failure.VERSION_NOT_SUPPORTED.exception("version: " + Quoted.of(version.text()));
    }
    HttpHeaders fields = request.headers();
    if (fields.size() > policy.maxHeaders()) {
      return Failure.TOO_MANY_HEADERS.exception(
          "header fields: " + fields.size() + " (expected: <= " + policy.maxHeaders() + ")");
    }
    FailureException fault = faultOfCoding(request);
    return fault == null ? faultOfFields(fields) : fault;
  }

  /** RFC 9112 §6.1: the only coding that we decode is chunked, and only of HTTP/1.1. */
  private static @Nullable FailureException faultOfCoding(HttpRequest request) {
    HttpHeaders fields = request.headers();
    String coding = fields.get(HttpHeaderNames.TRANSFER_ENCODING);
    if (coding == null) {
      return null;
    }
    List<String> codings = fields.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (codings.size() > 1 || !request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      return Failure.MALFORMED_REQUEST.exception(
          "transfer-encoding: " + Quoted.of("" + codings) + " (expected: once, of HTTP/1.1)");
    }
    if (coding.equalsIgnoreCase("chunked")) {
      return null;
    }
    boolean isFramed = ENDS_IN_CHUNKED.matcher(coding).matches();
    Failure failure = isFramed ? Failure.CODING_NOT_SUPPORTED : Failure.MALFORMED_REQUEST;
    return failure.exception("transfer-encoding: " + Quoted.of(coding) + " (expected: chunked)");
  }

  private static @Nullable FailureException faultOfFields(HttpHeaders fields) {
    int seen = 0;
    var each = fields.iteratorCharSequence();
    while (each.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = each.next();
      CharSequence name = field.getKey();
      if (AsciiString.indexOf(name, '_', 0) >= 0 && isTwinOfOurs(name)) {
        return Failure.MALFORMED_REQUEST.exception(
            "field " + Quoted.of(name.toString()) + " (expected: with '-' for '_', or not at all)");
      }
      int single = indexOfSingle(name);
      if (single >= 0) {
        int bit = 1 << single;
        if ((seen & bit) != 0) {
          return Failure.MALFORMED_REQUEST.exception("field " + name + " (expected: once)");
        }
        seen |= bit;
      }
    }
    return null;
  }

  private static boolean isTwinOfOurs(CharSequence name) {
    return OURS.contains(name.toString().toLowerCase(Locale.ROOT).replace('_', '-'));
  }

  private static int indexOfSingle(CharSequence name) {
    for (int i = 0; i < SINGLE.size(); i++) {
      AsciiString single = SINGLE.get(i);
      if (single.length() == name.length() && single.contentEqualsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }
}
