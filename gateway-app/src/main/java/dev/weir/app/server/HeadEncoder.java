package dev.weir.app.server;

import dev.weir.http.HeadBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;

/** Writes the head of a response as its bytes (RFC 9112 §4, §5). */
final class HeadEncoder {

  /** Holds nearly every head. */
  private static final int USUAL_BYTES = 1024;

  private static final AsciiString HTTP_1_1 = AsciiString.cached("HTTP/1.1 ");

  private HeadEncoder() {}

  static ByteBuf encode(ByteBufAllocator allocator, int status, HttpHeaders fields) {
    return encode(allocator, status, fields, 0);
  }

  /** The same, with place behind it. */
  static ByteBuf encode(
      ByteBufAllocator allocator, int status, HttpHeaders fields, int placeBehind) {
    ByteBuf out = allocator.ioBuffer(USUAL_BYTES + placeBehind);
    HttpResponseStatus known = HttpResponseStatus.valueOf(status);
    HeadBytes.writeText(HTTP_1_1, out);
    HeadBytes.writeText(known.codeAsText(), out);
    out.writeByte(' ');
    HeadBytes.writeText(known.reasonPhrase(), out);
    HeadBytes.writeLineEnd(out);
    HeadBytes.writeFields(fields, out);
    HeadBytes.writeLineEnd(out);
    return out;
  }
}
