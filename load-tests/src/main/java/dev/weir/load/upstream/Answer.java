package dev.weir.load.upstream;

import java.time.Duration;

/**
 * What the upstream does with a request.
 *
 * @param status of the answer; 0 to reset the connection instead
 * @param bodyBytes of the answer, under a {@link Seal}
 * @param delay before it
 */
public record Answer(int status, int bodyBytes, Duration delay) {

  private static final int RESET = 0;

  public static Answer of(int status) {
    return new Answer(status, 0, Duration.ZERO);
  }

  public static Answer ok(int bodyBytes) {
    return new Answer(200, bodyBytes, Duration.ZERO);
  }

  /** Breaks the connection off. */
  public static Answer reset() {
    return of(RESET);
  }

  public Answer after(Duration longer) {
    return new Answer(status, bodyBytes, longer);
  }

  boolean isReset() {
    return status == RESET;
  }
}
