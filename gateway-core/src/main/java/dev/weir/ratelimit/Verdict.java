package dev.weir.ratelimit;

/**
 * What one limit says of a request.
 *
 * @param source who was asked
 * @param isAdmitted whether its bucket held enough; a limit in shadow may say no, and is not obeyed
 * @param remaining tokens that are left
 * @param waitMicros until the bucket holds enough; 0 if it does
 * @param resetMicros until the bucket is full again
 */
public record Verdict(
    Charge charge,
    Source source,
    boolean isAdmitted,
    long remaining,
    long waitMicros,
    long resetMicros) {

  /** Who answered for the limit. */
  public enum Source {
    /** The one that counts for it. */
    OWN,
    /** This process, in place of one that could not be asked. */
    LOCAL,
    /** Nobody: it could not be asked, and requests pass. */
    NONE
  }

  /** Of a limit that could not be asked and lets pass. */
  public static Verdict open(Charge charge) {
    return new Verdict(charge, Source.NONE, true, 0, 0, 0);
  }

  /** Whether the request must not go on for this. */
  public boolean isRefusal() {
    return !isAdmitted && !charge.limit().isShadow();
  }

  /** The same, from somebody else. */
  public Verdict from(Source other) {
    return new Verdict(charge, other, isAdmitted, remaining, waitMicros, resetMicros);
  }

  /** Of a bucket's level. */
  static Verdict of(Charge charge, boolean isAdmitted, Level level, long nowMicros) {
    Arithmetic arithmetic = charge.limit().arithmetic();
    return new Verdict(
        charge,
        Source.OWN,
        isAdmitted,
        arithmetic.remaining(level, nowMicros),
        isAdmitted ? 0 : arithmetic.waitMicros(level, nowMicros, charge.cost()),
        arithmetic.untilUnusedMicros(level, nowMicros));
  }
}
