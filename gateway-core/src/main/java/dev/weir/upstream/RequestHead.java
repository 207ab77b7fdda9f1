package dev.weir.upstream;

import dev.weir.http.Body;
import dev.weir.http.HeadBytes;
import dev.weir.http.Request;
import dev.weir.http.RequestTimeout;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map;
import reactor.core.scheduler.Scheduler;

/**
 * Writes the head of a request as its bytes (RFC 9112 §3, §5), straight from the request's own
 * fields: those that frame the message are left out, and written as this hop frames it.
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
   * Writes it, up to the empty line.
   *
   * @param isUpgrade whether this asks for another protocol, that of the Upgrade field
   */
  static void write(
      Request request, Endpoint endpoint, boolean isUpgrade, Scheduler clock, ByteBuf out) {
    HeadBytes.writeText(request.method().asciiName(), out);
    out.writeByte(' ');
    HeadBytes.writeText(request.target().path(), out);
    if (request.target().query() != null) {
      out.writeByte('?');
      HeadBytes.writeText(request.target().query(), out);
    }
    HeadBytes.writeText(HTTP_1_1, out);
    boolean hasHost = writeFields(request, out);
    if (!hasHost) {
      HeadBytes.writeText(HOST, out);
      HeadBytes.writeText(endpoint.authority().toString(), out);
      HeadBytes.writeLineEnd(out);
    }
    if (!request.deadline().isNever()) {
      HeadBytes.writeText(TIMEOUT, out);
      HeadBytes.writeText(RequestTimeout.remaining(request.deadline(), clock), out);
      HeadBytes.writeLineEnd(out);
    }
    writeFraming(request, out);
    if (isUpgrade) {
      HeadBytes.writeText(UPGRADE, out);
    }
    HeadBytes.writeLineEnd(out);
  }

  private static boolean writeFields(Request request, ByteBuf out) {
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
      HeadBytes.writeField(name, field.getValue(), out);
    }
    return hasHost;
  }

  private static boolean isFraming(CharSequence name) {
    return name.length() == 14 && HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)
        || name.length() == 17 && HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name);
  }

  private static void writeFraming(Request request, ByteBuf out) {
    Body body = request.body();
    if (body.length() < 0) {
      HeadBytes.writeText(CHUNKED, out);
    } else if (body.length() > 0 || announcesContent(request.method())) {
      HeadBytes.writeText(LENGTH, out);
      HeadBytes.writeText(Long.toString(body.length()), out);
      HeadBytes.writeLineEnd(out);
    }
  }

  /** Methods of which a request without a body says that it has none (RFC 9110 §8.6). */
  static boolean announcesContent(HttpMethod method) {
    return method.equals(HttpMethod.POST)
        || method.equals(HttpMethod.PUT)
        || method.equals(HttpMethod.PATCH);
  }
}
