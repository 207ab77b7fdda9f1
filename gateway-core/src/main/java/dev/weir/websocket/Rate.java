package dev.weir.websocket;

import java.util.concurrent.TimeUnit;

/** So many in a second, and as many at once. */
final class Rate {

  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final long nanosEach;

  /** When the next would be due, had they come evenly. */
  private long dueNanos;

  private boolean hasBegun;

  /** So many a second, which is at least one. */
  Rate(int perSecond) {
    this.nanosEach = SECOND_NANOS / perSecond;
  }

  /** Whether one more may pass now. */
  boolean tryPass(long nowNanos) {
    if (!hasBegun) {
      hasBegun = true;
      dueNanos = nowNanos;
    }
    long due = Math.max(0, dueNanos - nowNanos);
    if (due > SECOND_NANOS - nanosEach) {
      return false;
    }
    dueNanos = nowNanos + due + nanosEach;
    return true;
  }
}
