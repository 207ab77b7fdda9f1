package dev.weir.load.gateway;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waiting for other processes, which can't tell when they are ready. */
public final class Pause {

  private static final Duration POLL = Duration.ofMillis(100);

  private Pause() {}

  public static void of(Duration length) {
    try {
      TimeUnit.NANOSECONDS.sleep(length.toNanos());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Asks until it is so, or the limit is over; tells which. */
  public static boolean until(Duration limit, BooleanSupplier isSo) {
    long end = System.nanoTime() + limit.toNanos();
    while (!isSo.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      of(POLL);
    }
    return true;
  }
}
