package dev.weir.app.server;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The Date field of answers that have none (RFC 9110 §6.6.1), written once a second. */
final class DateField {

  /** RFC 9110 §5.6.7. */
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final InstantSource wallClock;
  private volatile Written written = new Written(Long.MIN_VALUE, "");

  private record Written(long second, String text) {}

  DateField(InstantSource wallClock) {
    this.wallClock = wallClock;
  }

  /** The time of day, as HTTP writes it. */
  String now() {
    long second = TimeUnit.MILLISECONDS.toSeconds(wallClock.millis());
    Written last = written;
    if (last.second() != second) {
      last = new Written(second, FORMAT.format(Instant.ofEpochSecond(second)));
      written = last;
    }
    return last.text();
  }
}
