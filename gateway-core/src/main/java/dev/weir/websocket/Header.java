package dev.weir.websocket;

import io.netty.buffer.ByteBuf;

/** The bits in front of a frame's payload (RFC 6455 §5.2). */
final class Header {

  /** An opcode and length, a mask, and all that a control frame may hold; a data header is less. */
  static final int MAX_UNIT_BYTES = 2 + 4 + 125;

  static final int FIN = 0x80;
  static final int RESERVED = 0x70;
  static final int RESERVED_1 = 0x40;
  static final int OPCODE = 0x0F;
  static final int CONTROL = 0x08;
  static final int CONTINUATION = 0x0;
  static final int TEXT = 0x1;
  static final int BINARY = 0x2;
  static final int CLOSE = 0x8;
  static final int PONG = 0xA;
  static final int MASKED = 0x80;
  static final int LENGTH = 0x7F;
  static final int MAX_CONTROL = 125;
  static final int KEY_BYTES = 4;

  private static final int MIN_BYTES = 2;
  private static final int LENGTH_16 = 126;
  private static final int LENGTH_64 = 127;

  private Header() {}

  /** How many bytes have to be here: of a data frame its header, a control frame whole. */
  static int unitBytes(ByteBuf bytes, int at, int available) {
    if (available < MIN_BYTES) {
      return MIN_BYTES;
    }
    int second = bytes.getByte(at + 1);
    int length = second & LENGTH;
    boolean isControl = (bytes.getByte(at) & CONTROL) != 0;
    return bytes(second) + (isControl && length <= MAX_CONTROL ? length : 0);
  }

  /** How long a header is, by its second byte. */
  static int bytes(int second) {
    int length = second & LENGTH;
    int extended = length == LENGTH_16 ? 2 : length == LENGTH_64 ? 8 : 0;
    return MIN_BYTES + extended + ((second & MASKED) == 0 ? 0 : KEY_BYTES);
  }

  /** The payload's length; less than 0 if it is that, or could be said in fewer bytes. */
  static long length(ByteBuf bytes, int at) {
    int inHeader = bytes.getByte(at + 1) & LENGTH;
    if (inHeader < LENGTH_16) {
      return inHeader;
    }
    boolean isShort = inHeader == LENGTH_16;
    long length = isShort ? bytes.getUnsignedShort(at + 2) : bytes.getLong(at + 2);
    return length < (isShort ? LENGTH_16 : 1 << 16) ? -1 : length;
  }
}
