package dev.weir.upstream;

import dev.weir.http.Body;
import dev.weir.http.HeadBytes;
import dev.weir.http.Request;
import dev.weir.http.RequestTimeout;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map;
import reactor.core.scheduler.Scheduler;

/**
 * Writes the head of a request as its bytes (RFC 9112 §3, §5), straight from the request's own
 * fields: those that frame the message are left out, and written as this hop frames it. So is TE,
 * which would have to be named in Connection.
 */
final class RequestHead {

  private static final AsciiString HTTP_1_1 = AsciiString.cached(" HTTP/1.1\r\n");
  private static final AsciiString CHUNKED = AsciiString.cached("transfer-encoding: chunked\r\n");
  private static final AsciiString UPGRADE = AsciiString.cached("connection: upgrade\r\n");
  private static final AsciiString LENGTH = AsciiString.cached("content-length: ");
  private static final AsciiString TIMEOUT = AsciiString.cached("x-request-timeout: ");
  private static final AsciiString HOST = AsciiString.cached("host: ");

  private RequestHead() {}

  /**
   * Its bytes, the empty line included.
   *
   * @param isUpgrade whether this asks for another protocol, that of the Upgrade field
   * @param roomBehind in the buffer, which is the caller's
   */
  static ByteBuf encode(
      Request request,
      Endpoint endpoint,
      boolean isUpgrade,
      Scheduler clock,
      ByteBufAllocator allocator,
      int roomBehind) {
    HeadBytes out = HeadBytes.begin();
    out.text(request.method().asciiName());
    out.character(' ');
    out.text(request.target().path());
    if (request.target().query() != null) {
      out.character('?');
      out.text(request.target().query());
    }
    out.text(HTTP_1_1);
    boolean hasHost = writeFields(request, out);
    if (!hasHost) {
      out.text(HOST);
      out.text(endpoint.authority().toString());
      out.lineEnd();
    }
    if (!request.deadline().isNever()) {
      out.text(TIMEOUT);
      out.text(RequestTimeout.remaining(request.deadline(), clock));
      out.lineEnd();
    }
    writeFraming(request, out);
    if (isUpgrade) {
      out.text(UPGRADE);
    }
    out.lineEnd();
    return out.end(allocator, roomBehind);
  }

  private static boolean writeFields(Request request, HeadBytes out) {
    boolean hasHost = false;
    Iterator<Map.Entry<CharSequence, CharSequence>> fields =
        request.headers().iteratorCharSequence();
    while (fields.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = fields.next();
      CharSequence name = field.getKey();
      if (isFraming(name)) {
        continue;
      }
      hasHost |= name.length() == 4 && HttpHeaderNames.HOST.contentEqualsIgnoreCase(name);
      out.field(name, field.getValue());
    }
    return hasHost;
  }

  private static boolean isFraming(CharSequence name) {
    return name.length() == 14 && HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)
        || name.length() == 17 && HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name)
        || name.length() == 2 && HttpHeaderNames.TE.contentEqualsIgnoreCase(name);
  }

  private static void writeFraming(Request request, HeadBytes out) {
    Body body = request.body();
    if (body.length() < 0) {
      out.text(CHUNKED);
    } else if (body.length() > 0 || announcesContent(request.method())) {
      out.text(LENGTH);
      out.number(body.length());
      out.lineEnd();
    }
  }

  /** Methods of which a request without a body says that it has none (RFC 9110 §8.6). */
  static boolean announcesContent(HttpMethod method) {
    return method.equals(HttpMethod.POST)
        || method.equals(HttpMethod.PUT)
        || method.equals(HttpMethod.PATCH);
  }
}
