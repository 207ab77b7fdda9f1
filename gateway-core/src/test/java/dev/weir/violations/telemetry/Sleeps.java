package dev.weir.violations.telemetry;

/** Holds up its thread. */
public final class Sleeps {

  void sleeps() throws InterruptedException {
    Thread.sleep(1);
  }
}
