package dev.weir.app.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/**
 * Writes the head of a response as its bytes (RFC 9112 §4), for those few that do not go through
 * the codec: it would take them for the end of the exchange.
 */
final class HeadEncoder {

  private HeadEncoder() {}

  /** The fields come from a parser that lets no line break into a value. */
  static ByteBuf encode(ByteBufAllocator allocator, int status, HttpHeaders fields) {
    StringBuilder text = new StringBuilder(128);
    text.append("HTTP/1.1 ").append(HttpResponseStatus.valueOf(status)).append("\r\n");
    fields
        .iteratorCharSequence()
        .forEachRemaining(
            field ->
                text.append(field.getKey()).append(": ").append(field.getValue()).append("\r\n"));
    byte[] bytes = text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    return allocator.buffer(bytes.length).writeBytes(bytes);
  }
}
