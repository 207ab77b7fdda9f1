package dev.weir.app.server;

import dev.weir.http.HopByHop;
import dev.weir.http.Informational;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** Writes an informational response as its bytes (RFC 9112 §4). */
final class InformationalEncoder {

  private InformationalEncoder() {}

  /** The fields come from a parser that lets no line break into a value. */
  static ByteBuf encode(ByteBufAllocator allocator, Informational response) {
    HttpHeaders fields = response.headers().copy();
    HopByHop.strip(fields);
    StringBuilder text = new StringBuilder(128);
    text.append("HTTP/1.1 ").append(HttpResponseStatus.valueOf(response.status())).append("\r\n");
    fields
        .iteratorCharSequence()
        .forEachRemaining(
            field ->
                text.append(field.getKey()).append(": ").append(field.getValue()).append("\r\n"));
    byte[] bytes = text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    return allocator.buffer(bytes.length).writeBytes(bytes);
  }
}
