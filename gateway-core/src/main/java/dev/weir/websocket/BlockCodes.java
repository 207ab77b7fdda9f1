package dev.weir.websocket;

import org.jspecify.annotations.Nullable;

/** The codes that a block of DEFLATE brings with it, while they are read (RFC 1951 §3.2.7). */
final class BlockCodes {

  private static final byte[] ORDER = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  };
  private static final int INVALID = -1;
  private static final int MAX_LITERALS = 286;
  private static final int MAX_DISTANCES = 30;
  private static final int REPEAT_LAST = 16;

  private byte[] lengths = new byte[ORDER.length];
  private int literalCount;
  private int distanceCount;
  private int orderCount;
  private int next;
  private @Nullable Huffman ofLengths;
  private @Nullable Huffman literals;
  private @Nullable Huffman distances;

  /** Null until all is read. */
  @Nullable Huffman literals() {
    return literals;
  }

  @Nullable Huffman distances() {
    return distances;
  }

  /**
   * Reads the next part, if it is here.
   *
   * @return how many bits it had, 0 if it is not here whole, or less for bits that mean nothing
   */
  int read(long bits, int count) {
    if (literalCount == 0) {
      return readCounts(bits, count);
    }
    return ofLengths == null ? readLengthOfLengths(bits, count) : readLength(bits, count);
  }

  private int readCounts(long bits, int count) {
    if (count < 14) {
      return 0;
    }
    literalCount = ((int) bits & 31) + 257;
    distanceCount = ((int) (bits >>> 5) & 31) + 1;
    orderCount = ((int) (bits >>> 10) & 15) + 4;
    return literalCount > MAX_LITERALS || distanceCount > MAX_DISTANCES ? INVALID : 14;
  }

  private int readLengthOfLengths(long bits, int count) {
    if (count < 3) {
      return 0;
    }
    lengths[ORDER[next]] = (byte) (bits & 7);
    next++;
    if (next == orderCount) {
      ofLengths = Huffman.of(lengths, 0, lengths.length);
      lengths = new byte[literalCount + distanceCount];
      next = 0;
      return ofLengths == null ? INVALID : 3;
    }
    return 3;
  }

  private int readLength(long bits, int count) {
    int read = ofLengths == null ? Huffman.INVALID : ofLengths.read(bits, count);
    if (read < 0) {
      return read == Huffman.INVALID ? INVALID : 0;
    }
    int symbol = read >>> Huffman.LENGTH_BITS;
    int used = read & Huffman.LENGTH_MASK;
    int extra = symbol < REPEAT_LAST ? 0 : symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
    if (used + extra > count) {
      return 0;
    }
    int more = (int) (bits >>> used) & (1 << extra) - 1;
    int times = symbol < REPEAT_LAST ? 1 : (symbol == 18 ? 11 : 3) + more;
    boolean isFirst = next == 0;
    if (next + times > lengths.length || symbol == REPEAT_LAST && isFirst) {
      return INVALID;
    }
    byte value =
        symbol < REPEAT_LAST ? (byte) symbol : symbol == REPEAT_LAST ? lengths[next - 1] : 0;
    for (int i = 0; i < times; i++) {
      lengths[next] = value;
      next++;
    }
    return next < lengths.length || make() ? used + extra : INVALID;
  }

  private boolean make() {
    literals = Huffman.of(lengths, 0, literalCount);
    distances = Huffman.of(lengths, literalCount, lengths.length);
    return literals != null && distances != null;
  }
}
