package dev.weir.upstream;

import dev.weir.http.Fields;
import dev.weir.http.Grpc;
import dev.weir.http.Http2Fields;
import dev.weir.http.Request;
import dev.weir.http.RequestTimeout;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;

/**
 * The head of a request as the fields of HTTP/2 (RFC 9113 §8.3.1): Host becomes :authority, and
 * what frames the message is written as this hop frames it.
 */
final class Http2RequestHead {

  private static final AsciiString HTTP = AsciiString.cached("http");
  private static final AsciiString HTTPS = AsciiString.cached("https");
  private static final int MORE_FIELDS = 8;

  private Http2RequestHead() {}

  /** The fields of that request. */
  static Http2Headers of(Request request, Endpoint endpoint, Scheduler clock) {
    HttpHeaders fields = request.headers();
    Http2Headers head = new DefaultHttp2Headers(false, fields.size() + MORE_FIELDS);
    String host = fields.get(HttpHeaderNames.HOST);
    head.method(request.method().asciiName());
    head.scheme(endpoint.isSecure() ? HTTPS : HTTP);
    head.authority(host == null ? endpoint.authority().toString() : host);
    head.path(path(request));
    Http2Fields.addTo(head, fields);
    head.remove(HttpHeaderNames.HOST);
    long length = request.body().length();
    if (length > 0 || length == 0 && RequestHead.announcesContent(request.method())) {
      head.setLong(HttpHeaderNames.CONTENT_LENGTH, length);
    } else {
      head.remove(HttpHeaderNames.CONTENT_LENGTH);
    }
    if (!request.deadline().isNever()) {
      head.set(Fields.X_REQUEST_TIMEOUT, RequestTimeout.remaining(request.deadline(), clock));
    }
    long elapsed = clock.now(TimeUnit.NANOSECONDS) - request.progress().startNanos();
    String left = Grpc.remainingTimeout(fields, elapsed);
    if (left != null) {
      head.set(Grpc.TIMEOUT, left);
    }
    return head;
  }

  private static CharSequence path(Request request) {
    String query = request.target().query();
    String path = request.target().path();
    return query == null ? path : path + '?' + query;
  }

  /**
   * What is kept out of the table that all requests on a connection share (RFC 7541 §7.1): what
   * only one client should know, whose lengths would betray it to another; and what is never the
   * same twice, which would push out what is.
   */
  static boolean isSensitive(CharSequence name, CharSequence value) {
    return switch (name.length()) {
      case 5 -> Http2Headers.PseudoHeaderName.PATH.value().contentEquals(name);
      case 6 -> HttpHeaderNames.COOKIE.contentEquals(name);
      case 9 -> Fields.X_API_KEY.contentEquals(name);
      case 11 -> Fields.TRACEPARENT.contentEquals(name);
      case 12 -> Fields.X_REQUEST_ID.contentEquals(name) || Grpc.TIMEOUT.contentEquals(name);
      case 13 -> HttpHeaderNames.AUTHORIZATION.contentEquals(name);
      case 14 -> HttpHeaderNames.CONTENT_LENGTH.contentEquals(name);
      case 15 ->
          Fields.IDEMPOTENCY_KEY.contentEquals(name) || Fields.X_FORWARDED_FOR.contentEquals(name);
      case 17 -> Fields.X_REQUEST_TIMEOUT.contentEquals(name);
      case 19 -> HttpHeaderNames.PROXY_AUTHORIZATION.contentEquals(name);
      default -> false;
    };
  }
}
