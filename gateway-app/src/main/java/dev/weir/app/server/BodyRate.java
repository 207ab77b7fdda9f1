package dev.weir.app.server;

import java.util.concurrent.TimeUnit;

/**
 * How fast a client sends the body of a request, in windows of some seconds. A window in which we
 * did not want to read says nothing of the client.
 */
final class BodyRate {

  static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final long minBytesPerSecond;
  private long windowNanos;
  private long bytes;

  /** With 0 for no minimum. */
  BodyRate(long minBytesPerSecond) {
    this.minBytesPerSecond = minBytesPerSecond;
  }

  void received(int count) {
    bytes += count;
  }

  /** A window begins. */
  void begin(long nowNanos) {
    windowNanos = nowNanos;
    bytes = 0;
  }

  /** Whether too little has come; or the next window begins. */
  boolean isTooLow(long nowNanos, boolean isWanted) {
    long elapsed = nowNanos - windowNanos;
    if (isWanted && elapsed < WINDOW_NANOS) {
      return false;
    }
    boolean isTooLow =
        isWanted && bytes < minBytesPerSecond * TimeUnit.NANOSECONDS.toSeconds(elapsed);
    begin(nowNanos);
    return isTooLow;
  }
}
