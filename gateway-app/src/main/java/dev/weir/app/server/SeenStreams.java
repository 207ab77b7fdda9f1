package dev.weir.app.server;

/**
 * Which streams a client has opened of late, and which of them we have reset: a frame on a stream
 * that is closed is a fault, unless its sender can't know yet (RFC 9113 §5.1). The last {@value
 * #KEPT} are remembered; of those before it is assumed that they were opened.
 */
final class SeenStreams {

  private static final int KEPT = 256;

  private final int[] opened = new int[KEPT];
  private final int[] reset = new int[KEPT];

  void opened(int id) {
    opened[slot(id)] = id;
  }

  void reset(int id) {
    reset[slot(id)] = id;
  }

  /** Of an id below the highest that was used. */
  boolean wasOpened(int id) {
    return opened[slot(id)] >= id;
  }

  boolean wasReset(int id) {
    return reset[slot(id)] == id;
  }

  /** Clients use odd ids. */
  private static int slot(int id) {
    return (id >> 1) & KEPT - 1;
  }
}
