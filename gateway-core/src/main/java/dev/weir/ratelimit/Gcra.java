package dev.weir.ratelimit;

import static dev.weir.ratelimit.Arithmetic.ceilDiv;

import java.math.BigInteger;

/**
 * A token bucket, kept as a debt that decays: the generic cell rate algorithm (ITU-T I.371), whose
 * theoretical arrival time is {@code at + debt / rate}.
 *
 * <p>Tokens come back evenly, {@code rate} in {@code per}. So that no fraction of a token is lost
 * or made, the debt is counted in parts of a token: each costs {@code tokenParts} and each
 * microsecond pays {@code partsPerMicro} back, both without a common divisor.
 */
final class Gcra implements Arithmetic {

  private final long tokenParts;
  private final long partsPerMicro;
  private final long burst;
  private final long capacity;
  private final long windowMillis;

  /**
   * For so many tokens in a time.
   *
   * @throws ArithmeticException if burst and period together are too much for {@link #LARGEST}
   */
  Gcra(long rate, long periodMillis, long burst) {
    long periodMicros = Math.multiplyExact(periodMillis, 1000);
    long divisor = BigInteger.valueOf(periodMicros).gcd(BigInteger.valueOf(rate)).longValueExact();
    this.tokenParts = periodMicros / divisor;
    this.partsPerMicro = rate / divisor;
    this.burst = burst;
    this.capacity = Math.multiplyExact(burst, tokenParts);
    if (capacity > LARGEST / 4) {
      throw new ArithmeticException("too large");
    }
    this.windowMillis = ceilDiv(ceilDiv(capacity, partsPerMicro), 1000);
  }

  @Override
  public RateLimit.Terms terms() {
    return new RateLimit.Terms(RateLimit.Algorithm.GCRA, tokenParts, partsPerMicro, capacity);
  }

  @Override
  public Level advance(Level level, long nowMicros) {
    long elapsed = nowMicros - level.atMicros();
    if (elapsed < 0) {
      return elapsed >= -CLOCK_SLACK_MICROS ? level : new Level(nowMicros, level.used(), 0);
    }
    long untilPaid = ceilDiv(level.used(), partsPerMicro);
    long debt = elapsed >= untilPaid ? 0 : level.used() - elapsed * partsPerMicro;
    return new Level(nowMicros, debt, 0);
  }

  @Override
  public boolean admits(Level level, long nowMicros, long cost) {
    return level.used() + cost * tokenParts <= capacity;
  }

  @Override
  public Level take(Level level, long cost) {
    return new Level(level.atMicros(), level.used() + cost * tokenParts, 0);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Exact: to decay and then to be forgiven is to be forgiven and then to decay.
   */
  @Override
  public Level giveBack(Level level, Level taken, long cost) {
    return new Level(level.atMicros(), Math.max(0, level.used() - cost * tokenParts), 0);
  }

  @Override
  public long remaining(Level level, long nowMicros) {
    return (capacity - level.used()) / tokenParts;
  }

  @Override
  public long waitMicros(Level level, long nowMicros, long cost) {
    long missing = level.used() + cost * tokenParts - capacity;
    return missing <= 0 ? 0 : ceilDiv(missing, partsPerMicro);
  }

  @Override
  public long untilUnusedMicros(Level level, long nowMicros) {
    return ceilDiv(level.used(), partsPerMicro);
  }

  @Override
  public long quota() {
    return burst;
  }

  @Override
  public long windowMillis() {
    return windowMillis;
  }
}
