package dev.weir.http;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A place in a distributed trace (W3C Trace Context §3.2).
 *
 * @param traceId 32 lower-case hexadecimal digits, not all zero
 * @param spanId 16 of them, not all zero; the gateway's own span
 * @param flags two of them; only the first bit is defined (sampled)
 */
public record TraceContext(String traceId, String spanId, String flags) {

  private static final int LENGTH = 55;

  /** The two digits of each byte. */
  private static final byte[] HEX = pairsOfDigits();

  /** A new trace, sampled: who looks at the gateway's own log wants to find it. */
  public static TraceContext start() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    String traceId = hexadecimal(nonZero(random), random.nextLong());
    return new TraceContext(traceId, newSpanId(random), "01");
  }

  /**
   * Reads a {@code traceparent}; null if it is not one. A version from the future is read as far as
   * version 00 goes (§3.2.4).
   */
  public static @Nullable TraceContext parse(String value) {
    if (value.length() < LENGTH
        || value.charAt(2) != '-'
        || value.charAt(35) != '-'
        || value.charAt(52) != '-') {
      return null;
    }
    String version = value.substring(0, 2);
    boolean isShape =
        isHexadecimal(value, 0, 2)
            && isHexadecimal(value, 3, 35)
            && isHexadecimal(value, 36, 52)
            && isHexadecimal(value, 53, 55);
    boolean hasTail = value.length() > LENGTH;
    if (!isShape
        || version.equals("ff")
        || isZero(value, 3, 35)
        || isZero(value, 36, 52)
        || hasTail && (version.equals("00") || value.charAt(LENGTH) != '-')) {
      return null;
    }
    return new TraceContext(
        value.substring(3, 35), value.substring(36, 52), value.substring(53, 55));
  }

  /** The same trace, with the gateway as the parent of what comes next. */
  TraceContext child() {
    String known = (Character.digit(flags.charAt(1), 16) & 1) == 1 ? "01" : "00";
    return new TraceContext(traceId, newSpanId(ThreadLocalRandom.current()), known);
  }

  private static String newSpanId(ThreadLocalRandom random) {
    byte[] spanId = new byte[16];
    digits(nonZero(random), spanId, 0);
    return new String(spanId, StandardCharsets.ISO_8859_1);
  }

  private static long nonZero(ThreadLocalRandom random) {
    long value = random.nextLong();
    return value == 0 ? 1 : value;
  }

  /** Two numbers as 32 digits. */
  static String hexadecimal(long high, long low) {
    byte[] digits = new byte[32];
    digits(high, digits, 0);
    digits(low, digits, 16);
    return new String(digits, StandardCharsets.ISO_8859_1);
  }

  private static void digits(long value, byte[] into, int at) {
    for (int i = 0; i < 8; i++) {
      int pair = 2 * (int) (value >>> 56 - 8 * i & 0xFF);
      into[at + 2 * i] = HEX[pair];
      into[at + 2 * i + 1] = HEX[pair + 1];
    }
  }

  private static byte[] pairsOfDigits() {
    StringBuilder pairs = new StringBuilder(512);
    for (int i = 0; i < 256; i++) {
      pairs.append(Character.forDigit(i >> 4, 16)).append(Character.forDigit(i & 15, 16));
    }
    return pairs.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static boolean isHexadecimal(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZero(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }

  /** As a {@code traceparent} field. */
  @Override
  public String toString() {
    return "00-" + traceId + "-" + spanId + "-" + flags;
  }
}
