package dev.weir.websocket;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.Deflater;

/** Messages as an endpoint compresses them (RFC 7692 §7.2.1). */
final class Deflated {

  private Deflated() {}

  static byte[] message(byte[] content) {
    return message(content, Deflater.DEFAULT_COMPRESSION, Deflater.DEFAULT_STRATEGY);
  }

  static byte[] message(byte[] content, int level, int strategy) {
    Deflater deflater = new Deflater(level, true);
    deflater.setStrategy(strategy);
    // The first call only changes the strategy, and does not flush.
    int unused = deflater.deflate(new byte[64]);
    byte[] message = next(deflater, content);
    deflater.end();
    return message;
  }

  /** The next message of a compressor that keeps its window. */
  static byte[] next(Deflater deflater, byte[] content) {
    deflater.setInput(content);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] some = new byte[4096];
    int count;
    do {
      count = deflater.deflate(some, 0, some.length, Deflater.SYNC_FLUSH);
      out.write(some, 0, count);
    } while (count == some.length);
    byte[] all = out.toByteArray();
    return all.length < 4 ? all : Arrays.copyOf(all, all.length - 4);
  }
}
