package dev.weir.ratelimit;

import static dev.weir.ratelimit.Arithmetic.ceilDiv;

/**
 * A limit as it was configured: so many tokens in a time, and what to do when that can't be told.
 * Which requests share them is up to the keys of the {@link Charge}s.
 */
public final class RateLimit {

  /** How tokens are counted. */
  public enum Algorithm {
    /** A token bucket: bursts, and a rate at which they are paid back evenly. */
    GCRA,
    /** Tokens in a window that slides along, estimated from two windows that do not. */
    SLIDING_WINDOW
  }

  /** Who counts. */
  public enum Mode {
    /** Each gateway for itself. */
    IN_PROCESS,
    /** One place for all gateways, asked each time. */
    EXACT,
    /** Each gateway, from small batches of tokens that it fetches ahead. */
    LEASED
  }

  /** What to do with requests while the place that counts can't be asked. */
  public enum OnFailure {
    /** Refuse them. */
    CLOSED,
    /** Let them pass. */
    OPEN,
    /** Count in this process, each gateway its part of the limit. */
    LOCAL
  }

  /**
   * What a limit is made of.
   *
   * @param name from the configuration, unique; goes into metrics, header fields and keys
   * @param rate tokens for each period, at least 1
   * @param periodMillis at least 1
   * @param burst tokens that can be taken at once, at least 1; {@code rate} for a sliding window
   * @param isShadow whether it only counts, and never refuses
   * @param lease tokens that an event loop may fetch ahead, at least 1; for {@link Mode#LEASED}
   * @param maxKeys for how many keys this process counts, at least 1
   */
  public record Policy(
      String name,
      Algorithm algorithm,
      long rate,
      long periodMillis,
      long burst,
      boolean isShadow,
      Mode mode,
      OnFailure onFailure,
      long lease,
      int maxKeys) {

    /** The part of the limit that one of so many gateways has; together they have no more. */
    public Policy dividedBy(int gateways) {
      boolean isBucket = algorithm == Algorithm.GCRA;
      long part = Math.max(1, (isBucket ? burst : rate) / gateways);
      long longer = isBucket ? gateways : Math.max(1, ceilDiv(gateways, rate));
      return new Policy(
          name,
          algorithm,
          isBucket ? rate : part,
          Math.multiplyExact(periodMillis, longer),
          part,
          isShadow,
          Mode.IN_PROCESS,
          onFailure,
          lease,
          maxKeys);
    }
  }

  /**
   * The limit as whole numbers, for a script that counts like this process.
   *
   * @param first parts of a token; tokens of a window
   * @param second parts that come back in a microsecond; milliseconds of a window
   * @param capacity parts of all tokens of a bucket; tokens of a window times its milliseconds
   */
  public record Terms(Algorithm algorithm, long first, long second, long capacity) {}

  private final Policy policy;
  private final Arithmetic arithmetic;

  /**
   * A limit.
   *
   * @throws ArithmeticException if its numbers together are larger than can be counted exactly;
   *     {@link #isCountable} tells before
   */
  public RateLimit(Policy policy) {
    this.policy = policy;
    this.arithmetic =
        switch (policy.algorithm()) {
          case GCRA -> new Gcra(policy.rate(), policy.periodMillis(), policy.burst());
          case SLIDING_WINDOW -> new WindowCounter(policy.rate(), policy.periodMillis());
        };
  }

  /** Whether there can be a limit of these numbers. */
  public static boolean isCountable(Policy policy) {
    try {
      return new RateLimit(policy).quota() > 0;
    } catch (ArithmeticException tooLarge) {
      return false;
    }
  }

  public Policy policy() {
    return policy;
  }

  public String name() {
    return policy.name();
  }

  public boolean isShadow() {
    return policy.isShadow();
  }

  /** The most tokens that can be taken at a time. */
  public long quota() {
    return arithmetic.quota();
  }

  /** The time in which a quota that was used up is whole again, in milliseconds. */
  public long windowMillis() {
    return arithmetic.windowMillis();
  }

  /** The limit as numbers. */
  public Terms terms() {
    return arithmetic.terms();
  }

  Arithmetic arithmetic() {
    return arithmetic;
  }

  @Override
  public String toString() {
    return name();
  }
}
