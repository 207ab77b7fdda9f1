package dev.weir.websocket;

import org.jspecify.annotations.Nullable;

/**
 * A prefix code of DEFLATE (RFC 1951 §3.2.2), given by the lengths of its words. Words of up to
 * {@value #FAST_BITS} bits are looked up, longer ones found bit by bit.
 */
final class Huffman {

  /** The bits so far are no word yet. */
  static final int INCOMPLETE = -1;

  /** No word begins with these bits. */
  static final int INVALID = -2;

  /** Of a result: the symbol stands above, the length of its word below. */
  static final int LENGTH_BITS = 4;

  static final int LENGTH_MASK = (1 << LENGTH_BITS) - 1;

  private static final int MAX_BITS = 15;
  private static final int FAST_BITS = 9;
  private static final int FAST_MASK = (1 << FAST_BITS) - 1;

  /** How many words there are of each length. */
  private final short[] words = new short[MAX_BITS + 1];

  /** In the order of their words. */
  private final short[] symbols;

  /** Results by the next bits; 0 where the word is longer, or there is none. */
  private final short[] fast = new short[FAST_MASK + 1];

  private Huffman(int symbols) {
    this.symbols = new short[symbols];
  }

  /** The code of {@code lengths[from..to)}; null if so many words of these lengths can't be. */
  static @Nullable Huffman of(byte[] lengths, int from, int to) {
    Huffman code = new Huffman(to - from);
    for (int i = from; i < to; i++) {
      code.words[lengths[i]]++;
    }
    code.words[0] = 0;
    int left = 1;
    for (int length = 1; length <= MAX_BITS; length++) {
      left = (left << 1) - code.words[length];
      if (left < 0) {
        return null;
      }
    }
    code.fill(lengths, from, to);
    return code;
  }

  private void fill(byte[] lengths, int from, int to) {
    int[] index = new int[MAX_BITS + 2];
    int[] word = new int[MAX_BITS + 2];
    for (int length = 1; length <= MAX_BITS; length++) {
      index[length + 1] = index[length] + words[length];
      word[length + 1] = word[length] + words[length] << 1;
    }
    for (int i = from; i < to; i++) {
      int length = lengths[i];
      if (length > 0) {
        symbols[index[length]++] = (short) (i - from);
        if (length <= FAST_BITS) {
          fill(word[length], length, i - from);
        }
        word[length]++;
      }
    }
  }

  /** All entries whose lower bits are the word, which comes highest bit first. */
  private void fill(int word, int length, int symbol) {
    short entry = (short) (symbol << LENGTH_BITS | length);
    int reversed = Integer.reverse(word) >>> Integer.SIZE - length;
    for (int i = reversed; i <= FAST_MASK; i += 1 << length) {
      fast[i] = entry;
    }
  }

  /**
   * Reads a word.
   *
   * @param bits the next ones, the first lowest; zero above {@code count}
   * @return symbol and length, or {@link #INCOMPLETE} or {@link #INVALID}
   */
  int read(long bits, int count) {
    int entry = fast[(int) bits & FAST_MASK];
    if (entry == 0) {
      return readLong(bits, count);
    }
    return (entry & LENGTH_MASK) <= count ? entry : INCOMPLETE;
  }

  private int readLong(long bits, int count) {
    int word = 0;
    int first = 0;
    int index = 0;
    for (int length = 1; length <= MAX_BITS; length++) {
      if (length > count) {
        return INCOMPLETE;
      }
      word |= (int) (bits >>> length - 1) & 1;
      int ofLength = words[length];
      if (word - first < ofLength) {
        return symbols[index + word - first] << LENGTH_BITS | length;
      }
      index += ofLength;
      first = first + ofLength << 1;
      word <<= 1;
    }
    return INVALID;
  }
}
