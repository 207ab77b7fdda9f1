package dev.weir.app.server;

import java.util.concurrent.atomic.AtomicInteger;

/** How many handshakes a listener is in, which cost it far more than requests do. */
final class Handshakes {

  private final int max;
  private final AtomicInteger running = new AtomicInteger();

  Handshakes(int max) {
    this.max = max;
  }

  boolean tryBegin() {
    if (running.incrementAndGet() <= max) {
      return true;
    }
    running.decrementAndGet();
    return false;
  }

  void end() {
    running.decrementAndGet();
  }

  int running() {
    return running.get();
  }
}
