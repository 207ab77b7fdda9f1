package dev.weir.websocket;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * How long a compressed message is once inflated (RFC 7692 §7.2, RFC 1951), as it comes in pieces
 * of any size.
 *
 * <p>It counts and does not inflate. A repetition says how many bytes it repeats, so what they were
 * does not matter, nor does what earlier messages held: there is no window, and whether the sides
 * keep theirs between messages makes no difference. What this holds is the codes of one block, at
 * most {@value #MAX_HELD_BYTES} bytes, and only within a block that brings its own.
 */
final class InflatedLength {

  static final int MAX_HELD_BYTES = 4096;

  /** What the sender has left out at the end of a message (RFC 7692 §7.2.1). */
  private static final int[] TAIL = {0x00, 0x00, 0xFF, 0xFF};

  private static final int MAX_BITS_HELD = 56;
  private static final int END_OF_BLOCK = 256;
  private static final int FIRST_LENGTH = 257;
  private static final int LENGTH_CODES = 29;
  private static final int DISTANCE_CODES = 30;

  private static final byte[] LENGTH_EXTRA = {
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0
  };
  private static final short[] LENGTH_BASE = lengthBase();

  private static final Huffman FIXED_LITERALS = fixedLiterals();
  private static final Huffman FIXED_DISTANCES = fixedDistances();

  private enum State {
    BLOCK,
    STORED_LENGTH,
    STORED,
    CODES,
    SYMBOL,
    DISTANCE,
    INVALID
  }

  private final long max;
  private State state = State.BLOCK;
  private long length;
  private long bits;
  private int count;
  private int stored;
  private @Nullable BlockCodes codes;
  private Huffman literals = FIXED_LITERALS;
  private Huffman distances = FIXED_DISTANCES;

  /**
   * Of one message.
   *
   * @param max beyond which it does not matter how long it is
   */
  InflatedLength(long max) {
    this.max = max;
  }

  private static short[] lengthBase() {
    short[] base = new short[LENGTH_CODES];
    int next = 3;
    for (int i = 0; i < LENGTH_CODES - 1; i++) {
      base[i] = (short) next;
      next += 1 << LENGTH_EXTRA[i];
    }
    base[LENGTH_CODES - 1] = 258;
    return base;
  }

  /** RFC 1951 §3.2.6. */
  private static Huffman fixedLiterals() {
    byte[] lengths = new byte[288];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = (byte) (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
    }
    return known(Huffman.of(lengths, 0, lengths.length));
  }

  private static Huffman fixedDistances() {
    byte[] lengths = new byte[32];
    java.util.Arrays.fill(lengths, (byte) 5);
    return known(Huffman.of(lengths, 0, lengths.length));
  }

  private static Huffman known(@Nullable Huffman code) {
    if (code == null) {
      throw new IllegalStateException("a code of the specification");
    }
    return code;
  }

  /** Whether it can't be inflated. */
  boolean isInvalid() {
    return state == State.INVALID;
  }

  /** Whether it is longer than it may be. */
  boolean isTooLong() {
    return length > max;
  }

  /** Bytes so far; no more than a block of a few beyond the maximum. */
  long length() {
    return length;
  }

  /**
   * Reads some more of the message.
   *
   * @param key of the mask
   * @param offset of the first byte in the masked payload
   */
  void read(ByteBuf bytes, int from, int to, int key, long offset) {
    int at = from;
    while (at < to && isGoingOn()) {
      if (state == State.STORED && count == 0) {
        int skipped = Math.min(stored, to - at);
        at += skipped;
        stored(skipped);
        continue;
      }
      while (count < MAX_BITS_HELD && at < to) {
        take(Mask.unmask(key, offset + at - from, bytes.getByte(at)));
        at++;
      }
      decode();
    }
  }

  /** The message is here whole. */
  void end() {
    for (int next : TAIL) {
      take(next);
      decode();
    }
    if (isGoingOn() && (state != State.BLOCK || count > 0)) {
      // Its rest would be read as the beginning of the next message.
      state = State.INVALID;
    }
  }

  private boolean isGoingOn() {
    return state != State.INVALID && length <= max;
  }

  private void take(int next) {
    bits |= (long) next << count;
    count += Byte.SIZE;
  }

  private void drop(int used) {
    bits >>>= used;
    count -= used;
  }

  /** As far as the bits reach. */
  private void decode() {
    boolean isMoving = true;
    while (isMoving && isGoingOn()) {
      isMoving =
          switch (state) {
            case BLOCK -> beginBlock();
            case STORED_LENGTH -> readStoredLength();
            case STORED -> skipStored();
            case CODES -> readCodes();
            case SYMBOL -> readSymbol();
            case DISTANCE -> readDistance();
            case INVALID -> false;
          };
    }
  }

  private boolean beginBlock() {
    if (count < 3) {
      return false;
    }
    // The last block of a stream is followed by another all the same (RFC 7692 §7.2.3.5).
    int kind = (int) (bits >>> 1) & 3;
    drop(3);
    if (kind == 0) {
      drop(count & 7);
      state = State.STORED_LENGTH;
    } else if (kind == 1) {
      literals = FIXED_LITERALS;
      distances = FIXED_DISTANCES;
      state = State.SYMBOL;
    } else if (kind == 2) {
      codes = new BlockCodes();
      state = State.CODES;
    } else {
      state = State.INVALID;
    }
    return true;
  }

  private boolean readStoredLength() {
    if (count < 32) {
      return false;
    }
    int size = (int) bits & 0xFFFF;
    boolean isConfirmed = ((int) (bits >>> 16) & 0xFFFF) == (size ^ 0xFFFF);
    drop(32);
    stored = size;
    state = !isConfirmed ? State.INVALID : size == 0 ? State.BLOCK : State.STORED;
    return true;
  }

  private boolean skipStored() {
    int held = Math.min(stored, count / Byte.SIZE);
    drop(held * Byte.SIZE);
    stored(held);
    return held > 0 && state == State.BLOCK;
  }

  private void stored(int skipped) {
    stored -= skipped;
    length += skipped;
    if (stored == 0) {
      state = State.BLOCK;
    }
  }

  private boolean readCodes() {
    BlockCodes reading = codes;
    if (reading == null) {
      throw new IllegalStateException("no codes to be read");
    }
    int used = reading.read(bits, count);
    if (used < 0) {
      state = State.INVALID;
      return false;
    }
    drop(used);
    if (reading.literals() != null && reading.distances() != null) {
      literals = reading.literals();
      distances = reading.distances();
      codes = null;
      state = State.SYMBOL;
    }
    return used > 0;
  }

  private boolean readSymbol() {
    int read = literals.read(bits, count);
    if (read < 0) {
      return isIncomplete(read);
    }
    int symbol = read >>> Huffman.LENGTH_BITS;
    int used = read & Huffman.LENGTH_MASK;
    if (symbol < END_OF_BLOCK) {
      drop(used);
      length++;
    } else if (symbol == END_OF_BLOCK) {
      drop(used);
      state = State.BLOCK;
    } else {
      return readLength(symbol - FIRST_LENGTH, used);
    }
    return true;
  }

  private boolean readLength(int symbol, int used) {
    if (symbol >= LENGTH_CODES) {
      state = State.INVALID;
      return false;
    }
    int extra = LENGTH_EXTRA[symbol];
    if (used + extra > count) {
      return false;
    }
    length += LENGTH_BASE[symbol] + ((bits >>> used) & (1 << extra) - 1);
    drop(used + extra);
    state = State.DISTANCE;
    return true;
  }

  private boolean readDistance() {
    int read = distances.read(bits, count);
    if (read < 0) {
      return isIncomplete(read);
    }
    int symbol = read >>> Huffman.LENGTH_BITS;
    int used = (read & Huffman.LENGTH_MASK) + (symbol < 4 ? 0 : (symbol >> 1) - 1);
    if (symbol >= DISTANCE_CODES) {
      state = State.INVALID;
      return false;
    }
    if (used > count) {
      return false;
    }
    drop(used);
    state = State.SYMBOL;
    return true;
  }

  private boolean isIncomplete(int read) {
    if (read == Huffman.INVALID) {
      state = State.INVALID;
    }
    return false;
  }
}
