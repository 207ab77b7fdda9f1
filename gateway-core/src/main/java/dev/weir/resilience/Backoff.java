package dev.weir.resilience;

import java.time.Duration;
import java.util.function.LongUnaryOperator;

/**
 * How long to wait before a repetition: a random time between nothing and a bound that doubles each
 * time up to a maximum ("full jitter"), so that callers that failed together do not come back
 * together.
 *
 * @param base the bound before the first repetition
 * @param max the largest bound
 */
public record Backoff(Duration base, Duration max) {

  /**
   * The pause before a repetition, in nanoseconds.
   *
   * @param repetition 1 for the first
   * @param below gives a random number from 0 to below its argument
   */
  public long nanos(int repetition, LongUnaryOperator below) {
    int doublings = Math.min(repetition - 1, 30);
    long bound = Math.min(saturatedShift(base.toNanos(), doublings), max.toNanos());
    return bound <= 0 ? 0 : below.applyAsLong(bound + 1);
  }

  private static long saturatedShift(long value, int doublings) {
    return value > Long.MAX_VALUE >> doublings ? Long.MAX_VALUE : value << doublings;
  }
}
