package dev.weir.ratelimit;

import dev.weir.ratelimit.RateLimit.Algorithm;
import dev.weir.ratelimit.RateLimit.Mode;
import dev.weir.ratelimit.RateLimit.OnFailure;
import dev.weir.ratelimit.RateLimit.Policy;

/** Limits as a test wants them. */
public final class Limits {

  public static final int MAX_KEYS = 1000;

  private Limits() {}

  public static RateLimit gcra(String name, long rate, long periodMillis, long burst) {
    return new RateLimit(policy(name, Algorithm.GCRA, rate, periodMillis, burst, MAX_KEYS, false));
  }

  public static RateLimit window(String name, long rate, long periodMillis) {
    return new RateLimit(
        policy(name, Algorithm.SLIDING_WINDOW, rate, periodMillis, rate, MAX_KEYS, false));
  }

  /** GCRA, of which this process keeps so many keys. */
  public static RateLimit withKeys(int maxKeys, long rate, long periodMillis) {
    return new RateLimit(policy("few", Algorithm.GCRA, rate, periodMillis, rate, maxKeys, false));
  }

  /** GCRA that never refuses. */
  public static RateLimit shadow(String name, long rate, long periodMillis) {
    return new RateLimit(policy(name, Algorithm.GCRA, rate, periodMillis, rate, MAX_KEYS, true));
  }

  static Policy policy(
      String name,
      Algorithm algorithm,
      long rate,
      long periodMillis,
      long burst,
      int maxKeys,
      boolean isShadow) {
    return new Policy(
        name,
        algorithm,
        rate,
        periodMillis,
        burst,
        isShadow,
        Mode.EXACT,
        OnFailure.CLOSED,
        1,
        maxKeys);
  }
}
