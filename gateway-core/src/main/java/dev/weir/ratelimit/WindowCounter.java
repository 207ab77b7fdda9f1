package dev.weir.ratelimit;

/**
 * A sliding window, estimated from two fixed ones: what was taken in the current window, and of the
 * previous one the part that the sliding window still covers, as if it had been taken evenly.
 *
 * <p>That part shrinks in steps of a millisecond and never too early. A level's {@code at} is the
 * beginning of its window, {@code used} what was taken in it, {@code before} what was taken in the
 * one before.
 */
final class WindowCounter implements Arithmetic {

  private final long quota;
  private final long periodMillis;
  private final long periodMicros;
  private final long capacity;

  /**
   * For so many tokens in a time.
   *
   * @throws ArithmeticException if both together are too much for {@link #LARGEST}
   */
  WindowCounter(long quota, long periodMillis) {
    this.quota = quota;
    this.periodMillis = periodMillis;
    this.periodMicros = Math.multiplyExact(periodMillis, 1000);
    this.capacity = Math.multiplyExact(quota, periodMillis);
    if (capacity > LARGEST / 4) {
      throw new ArithmeticException("too large");
    }
  }

  @Override
  public RateLimit.Terms terms() {
    return new RateLimit.Terms(RateLimit.Algorithm.SLIDING_WINDOW, quota, periodMillis, capacity);
  }

  @Override
  public Level advance(Level level, long nowMicros) {
    long start = nowMicros - Math.floorMod(nowMicros, periodMicros);
    if (start == level.atMicros()) {
      return level;
    }
    if (start > level.atMicros()) {
      boolean isNext = start == level.atMicros() + periodMicros;
      return new Level(start, 0, isNext ? level.used() : 0);
    }
    return level.atMicros() - nowMicros <= CLOCK_SLACK_MICROS
        ? level
        : new Level(start, level.used(), level.before());
  }

  @Override
  public boolean admits(Level level, long nowMicros, long cost) {
    return weighted(level, nowMicros) + cost * periodMillis <= capacity;
  }

  /** What is used, times the milliseconds of the period. */
  private long weighted(Level level, long nowMicros) {
    return level.before() * (periodMillis - elapsedMillis(level, nowMicros))
        + level.used() * periodMillis;
  }

  private static long elapsedMillis(Level level, long nowMicros) {
    return Math.max(0, nowMicros - level.atMicros()) / 1000;
  }

  @Override
  public Level take(Level level, long cost) {
    return new Level(level.atMicros(), level.used() + cost, level.before());
  }

  @Override
  public Level giveBack(Level level, Level taken, long cost) {
    if (level.atMicros() == taken.atMicros()) {
      return new Level(level.atMicros(), Math.max(0, level.used() - cost), level.before());
    }
    if (level.atMicros() == taken.atMicros() + periodMicros) {
      return new Level(level.atMicros(), level.used(), Math.max(0, level.before() - cost));
    }
    return level;
  }

  @Override
  public long remaining(Level level, long nowMicros) {
    return Math.max(0, capacity - weighted(level, nowMicros)) / periodMillis;
  }

  @Override
  public long waitMicros(Level level, long nowMicros, long cost) {
    if (admits(level, nowMicros, cost)) {
      return 0;
    }
    long sinceStart = Math.max(0, nowMicros - level.atMicros());
    long free = quota - level.used() - cost;
    if (free >= 0) {
      return millisUntil(level.before(), free) * 1000 - sinceStart;
    }
    return periodMicros - sinceStart + millisUntil(level.used(), quota - cost) * 1000;
  }

  /** From the beginning of a window until no more than so many tokens of the one before count. */
  private long millisUntil(long before, long free) {
    return before <= free ? 0 : periodMillis - free * periodMillis / before;
  }

  @Override
  public long untilUnusedMicros(Level level, long nowMicros) {
    long windows = level.used() > 0 ? 2 : level.before() > 0 ? 1 : 0;
    return windows == 0 ? 0 : level.atMicros() + windows * periodMicros - nowMicros;
  }

  @Override
  public long quota() {
    return quota;
  }

  @Override
  public long windowMillis() {
    return periodMillis;
  }
}
