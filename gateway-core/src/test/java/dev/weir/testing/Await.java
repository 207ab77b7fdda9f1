package dev.weir.testing;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what comes about in its own time; the bound is there to fail, not to measure. */
public final class Await {

  private static final int STEPS = 4_000;

  private Await() {}

  public static void until(String what, BooleanSupplier condition) {
    until(() -> what, condition);
  }

  /** As above; what to say of a failure is asked for only then. */
  public static void until(Supplier<String> what, BooleanSupplier condition) {
    for (int i = 0; i < STEPS; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    throw new AssertionError("waited in vain: " + what.get());
  }
}
