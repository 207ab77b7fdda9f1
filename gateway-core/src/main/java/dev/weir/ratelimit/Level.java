package dev.weir.ratelimit;

/**
 * How far a bucket has been used at some time. Three whole numbers, each below 2^53, so that a
 * script which knows only doubles computes the same; what they mean is for the {@link Arithmetic}.
 *
 * @param atMicros the time to which the other two belong
 */
public record Level(long atMicros, long used, long before) {

  /** Of a bucket that nobody has taken from. */
  static final Level UNUSED = new Level(0, 0, 0);
}
