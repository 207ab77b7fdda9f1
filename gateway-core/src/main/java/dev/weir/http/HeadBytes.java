package dev.weir.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.Iterator;
import java.util.Map;

/**
 * Writes the head of a message, or a part of one, as its bytes (RFC 9112 §5). Names and values hold
 * no line break: they come from a decoder that lets none pass, from the configuration, or from us.
 *
 * <p>Every thread has one, which collects in an array what then becomes a buffer at once: written
 * into a direct buffer piece by piece, a head costs twice as much. From {@link #begin} to {@link
 * #end} nothing else may begin one.
 */
public final class HeadBytes {

  private static final AsciiString SEPARATOR = AsciiString.cached(": ");
  private static final AsciiString LINE_END = AsciiString.cached("\r\n");
  private static final int KEPT_BYTES = 16 * 1024;

  private static final FastThreadLocal<HeadBytes> OWN =
      new FastThreadLocal<>() {
        @Override
        protected HeadBytes initialValue() {
          return new HeadBytes();
        }
      };

  private final TextBytes bytes = new TextBytes();

  private HeadBytes() {}

  /** The thread's own, with nothing in it. */
  public static HeadBytes begin() {
    HeadBytes own = OWN.get();
    own.bytes.clear();
    return own;
  }

  public void text(CharSequence text) {
    if (text instanceof AsciiString ascii) {
      bytes.append(ascii);
    } else {
      bytes.appendLatin1(text.toString());
    }
  }

  public void character(char c) {
    bytes.append(c);
  }

  public void number(long value) {
    bytes.appendNumber(value);
  }

  public void field(CharSequence name, CharSequence value) {
    text(name);
    bytes.append(SEPARATOR);
    text(value);
    bytes.append(LINE_END);
  }

  public void fields(HttpHeaders fields) {
    Iterator<Map.Entry<CharSequence, CharSequence>> all = fields.iteratorCharSequence();
    while (all.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = all.next();
      field(field.getKey(), field.getValue());
    }
  }

  public void lineEnd() {
    bytes.append(LINE_END);
  }

  public ByteBuf end(ByteBufAllocator allocator) {
    return end(allocator, 0);
  }

  /** All that was written, in a buffer of the caller's that has so many bytes of room behind it. */
  public ByteBuf end(ByteBufAllocator allocator, int roomBehind) {
    ByteBuf out = allocator.ioBuffer(bytes.length() + roomBehind);
    bytes.writeTo(out);
    bytes.clear();
    bytes.trim(KEPT_BYTES);
    return out;
  }
}
