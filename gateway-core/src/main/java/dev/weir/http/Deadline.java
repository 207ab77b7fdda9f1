package dev.weir.http;

import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;

/**
 * The absolute end of a request: waiting in queues, every attempt and every pause between them draw
 * on it. It is data; steps take what is left of it, and one timer enforces it.
 *
 * @param atNanos on the clock of the exchange
 */
public record Deadline(long atNanos) {

  /** So far away that it never comes: 146 years. */
  public static final Deadline NEVER = new Deadline(Long.MAX_VALUE / 2);

  /** So many nanoseconds from now; {@link #NEVER}, if the clock does not go that far. */
  public static Deadline after(Scheduler clock, long nanos) {
    long now = clock.now(TimeUnit.NANOSECONDS);
    return nanos >= NEVER.atNanos - now ? NEVER : new Deadline(now + nanos);
  }

  public boolean isNever() {
    return atNanos == NEVER.atNanos;
  }

  /** What is left in nanoseconds; zero or less once it has passed. */
  public long remainingNanos(Scheduler clock) {
    return atNanos - clock.now(TimeUnit.NANOSECONDS);
  }

  public Deadline earlier(Deadline other) {
    return atNanos <= other.atNanos ? this : other;
  }
}
