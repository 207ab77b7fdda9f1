package dev.weir.violations.telemetry;

/** Takes the machine's time for its own. */
public final class ReadsTheClock {

  long readsTheClock() {
    return System.nanoTime();
  }
}
