package dev.weir.http2;

import java.util.concurrent.TimeUnit;

/** So many in ten seconds; what is earned may be spent on top. Confined to an event loop. */
public final class FrameBudget {

  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final int max;
  private int spent;
  private long sinceNanos;

  /** With all of it left. */
  public FrameBudget(int max, long nowNanos) {
    this.max = max;
    this.sinceNanos = nowNanos;
  }

  /** Whether there was one left. */
  public boolean spend(long nowNanos) {
    if (nowNanos - sinceNanos >= WINDOW_NANOS) {
      sinceNanos = nowNanos;
      spent = 0;
    }
    spent++;
    return spent <= max;
  }

  /** Allows for so many more. */
  public void earn(int count) {
    spent = Math.max(0, spent - count);
  }
}
