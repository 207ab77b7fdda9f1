package dev.weir.websocket;

/**
 * The key of a masked frame (RFC 6455 §5.3), applied to single bytes and to eight at a time. All
 * zero for a frame without a mask.
 */
final class Mask {

  private Mask() {}

  /** The byte of the payload at {@code offset}, as it was before it was masked. */
  static int unmask(int key, long offset, byte masked) {
    return (masked ^ key >>> 24 - 8 * (int) (offset & 3)) & 0xFF;
  }

  /** The key for the eight bytes of the payload from {@code offset} on, in network order. */
  static long eight(int key, long offset) {
    long turned = Integer.toUnsignedLong(Integer.rotateLeft(key, 8 * (int) (offset & 3)));
    return turned << 32 | turned;
  }
}
