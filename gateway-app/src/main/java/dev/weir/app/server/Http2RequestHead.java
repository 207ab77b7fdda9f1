package dev.weir.app.server;

import dev.weir.http.Authority;
import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Http2Fields;
import dev.weir.http.Http2Fields.Malformed;
import dev.weir.http.Quoted;
import dev.weir.http.WebSocketHandshake;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request in the form of HTTP/1.1 (RFC 9113 §8.3). What breaks the rules of HTTP/2 is
 * malformed, and for a reset; what breaks those of HTTP becomes a request that is to be refused.
 *
 * <p>The wish for a WebSocket (RFC 8441 §5) becomes the handshake of HTTP/1.1 that means the same:
 * a GET with an Upgrade field. Nothing else here has one, since HTTP/2 has no such field.
 */
final class Http2RequestHead {

  private static final HttpVersion HTTP_2 = new HttpVersion("HTTP", 2, 0, true);

  private final @Nullable CharSequence method;
  private @Nullable CharSequence scheme;
  private @Nullable CharSequence path;
  private final @Nullable CharSequence authority;
  private final @Nullable CharSequence protocol;

  /**
   * What is asked of a head besides the rules of HTTP.
   *
   * @param maxFields more are refused
   * @param connectProtocols as in {@link Http2Limits}
   */
  record Rules(int maxFields, Set<String> connectProtocols) {}

  /** The codec has refused those that come twice, late or empty, and unknown ones. */
  private Http2RequestHead(Http2Headers headers) {
    method = headers.method();
    scheme = headers.scheme();
    path = headers.path();
    authority = headers.authority();
    protocol = headers.get(PseudoHeaderName.PROTOCOL.value());
  }

  /**
   * Of a header block.
   *
   * @throws Malformed if there can be no request
   */
  static HttpRequest read(Http2Headers headers, Rules rules) throws Malformed {
    Http2RequestHead head = new Http2RequestHead(headers);
    HttpMethod method = head.checkedMethod();
    head.checkProtocol(method, rules);
    HttpHeaders fields = Http2Fields.read(headers);
    try {
      head.check(fields, rules.maxFields());
      if (head.protocol != null) {
        method = head.handshake(fields, rules);
      }
      return new DefaultHttpRequest(HTTP_2, method, "" + head.path, fields);
    } catch (FailureException why) {
      return new DefaultHttpRequest(HTTP_2, method, "-", new RefusedHeaders(why));
    }
  }

  /** One whose fields were too large to be kept. */
  static HttpRequest refused(FailureException why) {
    return new DefaultHttpRequest(HTTP_2, HttpMethod.GET, "-", new RefusedHeaders(why));
  }

  private HttpMethod checkedMethod() throws Malformed {
    if (method == null || !Http2Fields.isToken(method)) {
      throw Http2Fields.malformed(":method");
    }
    HttpMethod known = HttpMethod.valueOf(method.toString());
    boolean isConnect = known.equals(HttpMethod.CONNECT);
    if (isConnect && protocol == null && scheme == null && path == null) {
      // Well-formed (RFC 9113 §8.5), and refused in words.
      scheme = "https";
      path = "/";
    }
    if (scheme == null || path == null) {
      throw Http2Fields.malformed("a request without :scheme or :path");
    }
    return known;
  }

  /** RFC 8441 §3, §4: not without having been told so, nor with another method. */
  private void checkProtocol(HttpMethod method, Rules rules) throws Malformed {
    if (protocol != null
        && (rules.connectProtocols().isEmpty() || !method.equals(HttpMethod.CONNECT))) {
      throw Http2Fields.malformed(":protocol (expected: with CONNECT, where it is offered)");
    }
  }

  /** RFC 8441 §5, and for protocols that are not spoken RFC 9220 §3. */
  private HttpMethod handshake(HttpHeaders fields, Rules rules) {
    String wanted = ("" + protocol).toLowerCase(Locale.ROOT);
    if (!rules.connectProtocols().contains(wanted)) {
      throw Failure.PROTOCOL_NOT_SUPPORTED.exception(
          ":protocol: "
              + Quoted.of(wanted)
              + " (expected: "
              + String.join(", ", rules.connectProtocols())
              + ")");
    }
    WebSocketHandshake.complete(fields);
    return HttpMethod.GET;
  }

  private void check(HttpHeaders fields, int maxFields) {
    if (fields.size() > maxFields) {
      throw Failure.TOO_MANY_HEADERS.exception(
          "header fields: " + fields.size() + " (expected: <= " + maxFields + ")");
    }
    String ofScheme = "" + scheme;
    if (!ofScheme.equalsIgnoreCase("http") && !ofScheme.equalsIgnoreCase("https")) {
      throw Failure.BAD_TARGET.exception(
          ":scheme: " + Quoted.of(ofScheme) + " (expected: http or https)");
    }
    String target = "" + path;
    boolean isPath = target.startsWith("/") || target.equals("*");
    if (!isPath || target.indexOf(' ') >= 0) {
      throw Failure.BAD_TARGET.exception(
          ":path: "
              + Quoted.of(target)
              + " (expected: a path that begins with '/', without blanks)");
    }
    checkAuthority(fields, ofScheme);
  }

  /** RFC 9113 §8.3.1: the two may not differ, and one has to be there. */
  private void checkAuthority(HttpHeaders fields, String ofScheme) {
    List<String> hosts = fields.getAll(HttpHeaderNames.HOST);
    CharSequence pseudo = authority;
    if (hosts.size() > 1 || hosts.isEmpty() && pseudo == null) {
      throw Failure.BAD_HOST.exception("host: " + hosts.size() + " fields (expected: one)");
    }
    if (pseudo == null) {
      return;
    }
    Authority asked = Authority.parse(pseudo.toString());
    int defaultPort = ofScheme.equalsIgnoreCase("https") ? 443 : 80;
    if (!hosts.isEmpty() && !Authority.parse(hosts.get(0)).isSameAs(asked, defaultPort)) {
      throw Failure.BAD_HOST.exception(
          "host: "
              + Quoted.of(hosts.get(0))
              + " (expected: the same as :authority, "
              + asked
              + ")");
    }
    fields.set(HttpHeaderNames.HOST, pseudo);
  }
}
