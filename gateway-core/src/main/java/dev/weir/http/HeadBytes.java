package dev.weir.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;

/**
 * Writes parts of a message's head as bytes (RFC 9112 §5). Names and values hold no line break:
 * they come from a decoder that lets none pass, from the configuration, or from us.
 */
public final class HeadBytes {

  private static final int COLON_AND_BLANK = (':' << 8) | ' ';
  private static final int LINE_END = ('\r' << 8) | '\n';

  private HeadBytes() {}

  public static void writeText(CharSequence text, ByteBuf out) {
    if (text instanceof AsciiString ascii) {
      ByteBufUtil.copy(ascii, out);
    } else {
      out.writeCharSequence(text, StandardCharsets.ISO_8859_1);
    }
  }

  public static void writeField(CharSequence name, CharSequence value, ByteBuf out) {
    writeText(name, out);
    out.writeShort(COLON_AND_BLANK);
    writeText(value, out);
    out.writeShort(LINE_END);
  }

  public static void writeFields(HttpHeaders fields, ByteBuf out) {
    Iterator<Map.Entry<CharSequence, CharSequence>> all = fields.iteratorCharSequence();
    while (all.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = all.next();
      writeField(field.getKey(), field.getValue(), out);
    }
  }

  public static void writeLineEnd(ByteBuf out) {
    out.writeShort(LINE_END);
  }
}
