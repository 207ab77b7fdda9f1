package dev.weir.app.path;

import dev.weir.testing.Await;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what a sender could get rid of, to see whether somebody holds it back. */
final class Held {

  /** Looks at which nothing may have moved; some are enough for a loop that would take more. */
  private static final int STILL = 60;

  private final AtomicLong bytes = new AtomicLong();
  private long seen = -1;
  private int looks;

  void sent(long count) {
    bytes.addAndGet(count);
  }

  long bytes() {
    return bytes.get();
  }

  /** Waits until the sender gets rid of nothing more, and says how much that was. */
  long awaitStandstill() {
    Await.until("the sender stands still", this::standsStill);
    return bytes();
  }

  private boolean standsStill() {
    long now = bytes();
    looks = now > 0 && now == seen ? looks + 1 : 0;
    seen = now;
    return looks >= STILL;
  }
}
