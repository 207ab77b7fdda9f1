package dev.weir.ratelimit;

/**
 * What a bucket allows, as pure functions of whole numbers. Times are in microseconds of one clock,
 * costs and quotas in tokens. All but {@link #advance} want a level that was advanced to {@code
 * nowMicros}.
 *
 * <p>A clock may be set back. By up to {@link #CLOCK_SLACK_MICROS} it is taken to stand still: such
 * jitter must not fill a bucket twice for the same time. By more it is taken for a new clock, from
 * which the bucket goes on as full as it was.
 */
sealed interface Arithmetic permits Gcra, WindowCounter {

  /** Two threads that read one clock, or two Redis nodes in step, differ by less than this. */
  long CLOCK_SLACK_MICROS = 1_000_000;

  /** The largest whole number up to which every other one is a double. */
  long LARGEST = 1L << 53;

  /** The level as it is now, if nobody takes from it. */
  Level advance(Level level, long nowMicros);

  /** Whether there are so many tokens. */
  boolean admits(Level level, long nowMicros, long cost);

  /** The level without so many tokens; only if it {@link #admits} them. */
  Level take(Level level, long cost);

  /**
   * The level with tokens given back.
   *
   * @param taken the level that {@link #take} made when they were taken
   */
  Level giveBack(Level level, Level taken, long cost);

  /** How many tokens there are. */
  long remaining(Level level, long nowMicros);

  /** How long until there are so many tokens, if nobody else takes any; 0 if there are. */
  long waitMicros(Level level, long nowMicros, long cost);

  /** How long until the bucket is as if it had never been used, if nobody takes from it. */
  long untilUnusedMicros(Level level, long nowMicros);

  /** The most tokens that can be taken at a time. */
  long quota();

  /** For a quota to come back that was used up, in whole milliseconds. */
  long windowMillis();

  /** The numbers from which all this follows. */
  RateLimit.Terms terms();

  /** {@code dividend / divisor}, rounded up; both at least 0. */
  static long ceilDiv(long dividend, long divisor) {
    return (dividend + divisor - 1) / divisor;
  }
}
