package dev.weir.violations.telemetry;

/** Writes to wherever the process was started from. */
public final class Prints {

  void prints() {
    System.out.println("printed");
  }
}
