package dev.weir.websocket;

import io.netty.buffer.ByteBuf;

/**
 * Whether a text is UTF-8 (RFC 3629 §4), as it comes in pieces of any size: fails at the first byte
 * that no text could go on with. Nothing is decoded or kept but what the next byte may be.
 */
final class Utf8Check {

  private static final long NOT_ASCII = 0x8080808080808080L;
  private static final int EIGHT = 8;

  /** Bytes that the current character still needs. */
  private int missing;

  /** Within which the next of them has to be. */
  private int lowest;

  private int highest;

  /** For another text. */
  void reset() {
    missing = 0;
  }

  /** Whether the text may end here. */
  boolean isWhole() {
    return missing == 0;
  }

  /**
   * Reads some more of the text.
   *
   * @param key of the mask
   * @param offset of the first byte in the masked payload
   * @return whether it can still become UTF-8
   */
  boolean read(ByteBuf bytes, int from, int to, int key, long offset) {
    int at = from;
    while (at < to) {
      if (missing == 0) {
        at = skipAscii(bytes, at, to, key, offset + at - from);
        if (at == to) {
          return true;
        }
      }
      if (!accept(Mask.unmask(key, offset + at - from, bytes.getByte(at)))) {
        return false;
      }
      at++;
    }
    return true;
  }

  /** Nearly all text is, and eight bytes cost no more than one. */
  private static int skipAscii(ByteBuf bytes, int from, int to, int key, long offset) {
    long mask = Mask.eight(key, offset);
    int at = from;
    while (to - at >= EIGHT && ((bytes.getLong(at) ^ mask) & NOT_ASCII) == 0) {
      at += EIGHT;
    }
    return at;
  }

  private boolean accept(int next) {
    if (missing > 0) {
      missing--;
      boolean isExpected = next >= lowest && next <= highest;
      lowest = 0x80;
      highest = 0xBF;
      return isExpected;
    }
    return next < 0x80 || begin(next);
  }

  /** The first byte says how many follow; overlong forms and surrogates show in the second. */
  private boolean begin(int first) {
    lowest = 0x80;
    highest = 0xBF;
    if (first >= 0xC2 && first <= 0xDF) {
      missing = 1;
    } else if (first >= 0xE0 && first <= 0xEF) {
      missing = 2;
      lowest = first == 0xE0 ? 0xA0 : lowest;
      highest = first == 0xED ? 0x9F : highest;
    } else if (first >= 0xF0 && first <= 0xF4) {
      missing = 3;
      lowest = first == 0xF0 ? 0x90 : lowest;
      highest = first == 0xF4 ? 0x8F : highest;
    } else {
      return false;
    }
    return true;
  }
}
