package dev.weir.app.server;

import dev.weir.http.HeadBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;

/** Writes the head of a response as its bytes (RFC 9112 §4, §5). */
final class HeadEncoder {

  private static final AsciiString HTTP_1_1 = AsciiString.cached("HTTP/1.1 ");

  private HeadEncoder() {}

  static ByteBuf encode(ByteBufAllocator allocator, int status, HttpHeaders fields) {
    return encode(allocator, status, fields, 0);
  }

  /** The same, with place behind it. */
  static ByteBuf encode(
      ByteBufAllocator allocator, int status, HttpHeaders fields, int placeBehind) {
    HttpResponseStatus known = HttpResponseStatus.valueOf(status);
    HeadBytes head = HeadBytes.begin();
    head.text(HTTP_1_1);
    head.text(known.codeAsText());
    head.character(' ');
    head.text(known.reasonPhrase());
    head.lineEnd();
    head.fields(fields);
    head.lineEnd();
    return head.end(allocator, placeBehind);
  }
}
