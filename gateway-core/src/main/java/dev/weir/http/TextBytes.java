package dev.weir.http;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Text on its way out, as the bytes that will be written: in one array, into which a whole string
 * is copied at once, and out of which all goes at once.
 *
 * <p>For one thread. Grows with what is appended, and stays as large until it is {@link #trim}med.
 */
public final class TextBytes {

  private static final int INITIAL_BYTES = 4 * 1024;

  private byte[] bytes = new byte[INITIAL_BYTES];
  private int length;

  public int length() {
    return length;
  }

  /** Forgets what there is. */
  public void clear() {
    length = 0;
  }

  private void reserve(int more) {
    if (more > bytes.length - length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }

  public void append(byte[] text) {
    append(text, 0, text.length);
  }

  /** Some of these bytes. */
  public void append(byte[] text, int from, int count) {
    reserve(count);
    System.arraycopy(text, from, bytes, length, count);
    length += count;
  }

  /** One byte, or a character of one byte. */
  public void append(int single) {
    reserve(1);
    bytes[length++] = (byte) single;
  }

  public void append(AsciiString text) {
    append(text.array(), text.arrayOffset(), text.length());
  }

  /** As UTF-8. */
  public void append(String text) {
    append(text.getBytes(StandardCharsets.UTF_8));
  }

  /** As ISO 8859-1; a character that has no place in it becomes a question mark. */
  public void appendLatin1(String text) {
    append(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Of what is known to be ASCII; other characters become something else. */
  @SuppressWarnings("deprecation") // It drops half of each character, so makes no garbage.
  public void appendAscii(String text) {
    int count = text.length();
    reserve(count);
    text.getBytes(0, count, bytes, length);
    length += count;
  }

  /** A JSON string, in quotes. */
  public void appendJson(String value) {
    reserve(value.length() + 2);
    int at = length;
    bytes[at++] = '"';
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c >= 0x80 || !JsonText.isPlain(c)) {
        appendSharp(value);
        return;
      }
      bytes[at++] = (byte) c;
    }
    bytes[at++] = '"';
    length = at;
  }

  /** A JSON string that has something in it to escape, or to encode. */
  private void appendSharp(String value) {
    StringBuilder json = new StringBuilder(value.length() + 16);
    JsonText.append(json, value);
    append(json.toString());
  }

  /** In decimal digits. */
  public void appendNumber(long value) {
    if (value < 0 || value > Integer.MAX_VALUE) {
      appendAscii(Long.toString(value));
    } else {
      appendDigits((int) value, digitsOf((int) value));
    }
  }

  private static int digitsOf(int value) {
    int digits = 1;
    for (int rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    return digits;
  }

  /** That many digits of a number that is not negative, the last ones; with zeros in front. */
  public void appendDigits(int value, int digits) {
    reserve(digits);
    int rest = value;
    for (int at = length + digits - 1; at >= length; at--) {
      bytes[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
  }

  /** How often this byte occurs. */
  public int count(int wanted) {
    int count = 0;
    for (int i = 0; i < length; i++) {
      count += bytes[i] == (byte) wanted ? 1 : 0;
    }
    return count;
  }

  /** Copies some of it to another array. */
  public void copyTo(int from, byte[] to, int at, int count) {
    System.arraycopy(bytes, from, to, at, count);
  }

  /** Writes all that there is. */
  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes, 0, length);
    out.flush();
  }

  /** Writes all that there is. */
  public void writeTo(ByteBuf out) {
    out.writeBytes(bytes, 0, length);
  }

  /** Gives back what was taken for a text that was longer than most; there must be none now. */
  public void trim(int maxBytes) {
    if (bytes.length > maxBytes) {
      bytes = new byte[INITIAL_BYTES];
    }
  }
}
