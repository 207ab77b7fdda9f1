package dev.weir.upstream;

import dev.weir.http.Body;
import dev.weir.http.Request;
import dev.weir.http.RequestTimeout;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import reactor.core.scheduler.Scheduler;

/**
 * Writes the head of a request as its bytes (RFC 9112 §3, §5), straight from the request's own
 * fields: those that frame the message are left out, and written as this hop frames it.
 *
 * <p>Names and values hold no line break: they come from a decoder that lets none pass, from the
 * configuration, or from us.
 */
final class RequestHead {

  private static final AsciiString HTTP_1_1 = AsciiString.cached(" HTTP/1.1\r\n");
  private static final AsciiString CHUNKED = AsciiString.cached("transfer-encoding: chunked\r\n");
  private static final AsciiString UPGRADE = AsciiString.cached("connection: upgrade\r\n");
  private static final AsciiString LENGTH = AsciiString.cached("content-length: ");
  private static final AsciiString TIMEOUT = AsciiString.cached("x-request-timeout: ");
  private static final AsciiString HOST = AsciiString.cached("host: ");
  private static final int COLON_AND_BLANK = (':' << 8) | ' ';
  private static final int LINE_END = ('\r' << 8) | '\n';

  private RequestHead() {}

  /**
   * Writes it, up to the empty line.
   *
   * @param isUpgrade whether this asks for another protocol, that of the Upgrade field
   */
  static void write(
      Request request, Endpoint endpoint, boolean isUpgrade, Scheduler clock, ByteBuf out) {
    write(out, request.method().asciiName());
    out.writeByte(' ');
    write(out, request.target().path());
    if (request.target().query() != null) {
      out.writeByte('?');
      write(out, request.target().query());
    }
    write(out, HTTP_1_1);
    boolean hasHost = writeFields(request, out);
    if (!hasHost) {
      write(out, HOST);
      write(out, endpoint.authority().toString());
      out.writeShort(LINE_END);
    }
    if (!request.deadline().isNever()) {
      write(out, TIMEOUT);
      write(out, RequestTimeout.remaining(request.deadline(), clock));
      out.writeShort(LINE_END);
    }
    writeFraming(request, out);
    if (isUpgrade) {
      write(out, UPGRADE);
    }
    out.writeShort(LINE_END);
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
      writeField(out, name, field.getValue());
    }
    return hasHost;
  }

  static void writeField(ByteBuf out, CharSequence name, CharSequence value) {
    write(out, name);
    out.writeShort(COLON_AND_BLANK);
    write(out, value);
    out.writeShort(LINE_END);
  }

  private static boolean isFraming(CharSequence name) {
    return name.length() == 14 && HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)
        || name.length() == 17 && HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name);
  }

  private static void writeFraming(Request request, ByteBuf out) {
    Body body = request.body();
    if (body.length() < 0) {
      write(out, CHUNKED);
    } else if (body.length() > 0 || announcesContent(request.method())) {
      write(out, LENGTH);
      write(out, Long.toString(body.length()));
      out.writeShort(LINE_END);
    }
  }

  /** Methods of which a request without a body says that it has none (RFC 9110 §8.6). */
  static boolean announcesContent(HttpMethod method) {
    return method.equals(HttpMethod.POST)
        || method.equals(HttpMethod.PUT)
        || method.equals(HttpMethod.PATCH);
  }

  private static void write(ByteBuf out, CharSequence text) {
    if (text instanceof AsciiString ascii) {
      ByteBufUtil.copy(ascii, out);
    } else {
      out.writeCharSequence(text, StandardCharsets.ISO_8859_1);
    }
  }
}
