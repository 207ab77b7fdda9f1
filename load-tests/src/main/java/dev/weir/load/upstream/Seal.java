package dev.weir.load.upstream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Bodies that say themselves whether they are whole, and the answer to which request: a line with
 * the sum of all that follows it, their length and the path that was asked for, repeated to the
 * end.
 */
public final class Seal {

  private static final int SUM_BYTES = 9;

  private Seal() {}

  /** So many bytes, as the answer to a request for the path. */
  static byte[] body(String path, int bytes) {
    byte[] unit = unit(path, bytes);
    byte[] body = new byte[bytes];
    for (int at = SUM_BYTES; at < bytes; at += unit.length) {
      System.arraycopy(unit, 0, body, at, Math.min(unit.length, bytes - at));
    }
    System.arraycopy(sum(body), 0, body, 0, Math.min(SUM_BYTES, bytes));
    return body;
  }

  private static byte[] unit(String path, int bytes) {
    return (bytes + " " + path + "\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Of all that is behind it. */
  private static byte[] sum(byte[] body) {
    CRC32C sum = new CRC32C();
    if (body.length > SUM_BYTES) {
      sum.update(ByteBuffer.wrap(body, SUM_BYTES, body.length - SUM_BYTES));
    }
    return String.format("%08x ", sum.getValue()).getBytes(StandardCharsets.ISO_8859_1);
  }

  /**
   * What is wrong with a body that a client was given; empty if nothing is.
   *
   * @param path for which the client asked, with its query
   */
  public static String fault(byte[] body, String path) {
    byte[] unit = unit(path, body.length);
    if (body.length < SUM_BYTES + unit.length) {
      return "too short: " + body.length + " bytes for " + path;
    }
    if (!Arrays.equals(Arrays.copyOf(body, SUM_BYTES), sum(body))) {
      return "changed, cut or mixed: the answer to " + path;
    }
    byte[] first = Arrays.copyOfRange(body, SUM_BYTES, SUM_BYTES + unit.length);
    return Arrays.equals(first, unit)
        ? ""
        : path + " was given another's answer: " + new String(first, StandardCharsets.ISO_8859_1);
  }
}
