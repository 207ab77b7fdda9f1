package dev.weir.app.config;

import dev.weir.app.config.binding.Problems;
import java.time.Duration;

/** What settings say of durations, and have to. */
final class Lengths {

  private Lengths() {}

  /**
   * Reports the larger of two settings if it is the smaller; or the other one, if that is what the
   * file says.
   */
  static void requireOrder(
      Problems at, String smallerKey, Duration smaller, String largerKey, Duration larger) {
    if (smaller.compareTo(larger) <= 0) {
      return;
    }
    if (at.says(largerKey)) {
      at.report(largerKey, "at least " + smallerKey + ", " + of(smaller));
    } else if (at.says(smallerKey)) {
      at.report(smallerKey, "at most " + largerKey + ", " + of(larger));
    }
    // Else both were taken from elsewhere in the file, and have been reported there.
  }

  /** As a file would have it, in the largest unit that needs no fraction. */
  static String of(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds == 0 || seconds % 60 != 0) {
      return seconds + "s";
    }
    return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds / 60 + "m";
  }
}
