package dev.weir.resilience;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;

/**
 * Keeps repetitions a small part of the load, however many callers want to repeat: over the last
 * ten seconds at most a percentage of the calls, or a few a second where there are only few calls.
 *
 * <p>Lock-free. A repetition is counted first and taken back if it was one too many, so that
 * repetitions that are asked for at the same time can be refused too often, never granted too
 * often.
 */
public final class RetryBudget {

  private static final Duration WINDOW = Duration.ofSeconds(10);
  private static final int CALLS = 0;
  private static final int REPETITIONS = 1;

  private final int percent;
  private final long minInWindow;
  private final Scheduler clock;
  private final SlidingWindow window = new SlidingWindow(WINDOW, 2);

  /**
   * An empty window.
   *
   * @param percent of the calls that may be repeated
   * @param minPerSecond repetitions that are always allowed
   */
  public RetryBudget(int percent, int minPerSecond, Scheduler clock) {
    this.percent = percent;
    this.minInWindow = minPerSecond * WINDOW.toSeconds();
    this.clock = clock;
  }

  /** Counts a call that is made for the first time. */
  public void countCall() {
    window.add(now(), CALLS);
  }

  /** Takes a repetition out of the budget, if there is one left. */
  public boolean tryRepeat() {
    long now = now();
    window.add(now, REPETITIONS);
    long allowed = Math.max(minInWindow, window.total(now, CALLS) * percent / 100);
    if (window.total(now, REPETITIONS) <= allowed) {
      return true;
    }
    window.undo(now, REPETITIONS);
    return false;
  }

  private long now() {
    return clock.now(TimeUnit.NANOSECONDS);
  }
}
