package dev.weir.route.simulation;

import io.netty.buffer.ByteBuf;

/**
 * Bytes of which each is told by a name and its place, so that whoever reads them can tell whether
 * they are the ones that were sent, in their order, once, from the beginning and to the end.
 *
 * @param name of whose they are
 * @param length of all
 */
record Content(String name, int length) {

  /** The field in which a message says what its body is. */
  static final String FIELD = "x-content";

  private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

  static Content parse(String field) {
    int slash = field.lastIndexOf('/');
    return new Content(field.substring(0, slash), Integer.parseInt(field.substring(slash + 1)));
  }

  @Override
  public String toString() {
    return name + "/" + length;
  }

  byte at(int place) {
    long mixed = (name.hashCode() + (long) place) * SPREAD;
    return (byte) ((mixed ^ (mixed >>> 29)) >>> 24);
  }

  /** A part of it. */
  byte[] part(int from, int bytes) {
    byte[] part = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      part[i] = at(from + i);
    }
    return part;
  }

  /** Whether a piece is what stands at that place. */
  boolean isAt(int from, ByteBuf piece) {
    for (int i = 0; i < piece.readableBytes(); i++) {
      if (from + i >= length || piece.getByte(piece.readerIndex() + i) != at(from + i)) {
        return false;
      }
    }
    return true;
  }

  /** Follows it as it is read. */
  static final class Reader {

    private final Content content;
    private final String who;
    private final World world;
    private int read;

    Reader(Content content, String who, World world) {
      this.content = content;
      this.who = who;
      this.world = world;
    }

    void read(ByteBuf piece) {
      if (!content.isAt(read, piece)) {
        world.wrong.add(who + " read what is not at " + read + " of " + content);
      }
      read += piece.readableBytes();
    }

    /** To be called at an end that looks like one. */
    void complete() {
      if (read != content.length()) {
        world.wrong.add(who + " took " + read + " bytes for all of " + content);
      }
    }
  }
}
