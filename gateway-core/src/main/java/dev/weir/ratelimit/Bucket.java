package dev.weir.ratelimit;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/** The level of one key, changed by compare-and-set, until it is retired for good. */
final class Bucket {

  private static final AtomicReferenceFieldUpdater<Bucket, @Nullable Level> LEVEL =
      AtomicReferenceFieldUpdater.newUpdater(Bucket.class, Level.class, "level");

  /** Null when nobody may use the bucket any more. */
  private volatile @Nullable Level level = Level.UNUSED;

  /** The level now; null if the bucket is retired. */
  @Nullable Level peek(Arithmetic arithmetic, long nowMicros) {
    Level seen = level;
    return seen == null ? null : arithmetic.advance(seen, nowMicros);
  }

  /**
   * Takes tokens if there are enough.
   *
   * @return the level after that, or as it is if there are not enough; null if the bucket is
   *     retired
   */
  @Nullable Taken take(Arithmetic arithmetic, long nowMicros, long cost) {
    while (true) {
      Level seen = level;
      if (seen == null) {
        return null;
      }
      Level current = arithmetic.advance(seen, nowMicros);
      if (!arithmetic.admits(current, nowMicros, cost)) {
        return new Taken(this, current, false);
      }
      Level next = arithmetic.take(current, cost);
      if (LEVEL.compareAndSet(this, seen, next)) {
        return new Taken(this, next, true);
      }
    }
  }

  /** Gives tokens back; of a retired bucket there is nothing to mend, for it was unused. */
  void giveBack(Arithmetic arithmetic, Level taken, long nowMicros, long cost) {
    while (true) {
      Level seen = level;
      if (seen == null) {
        return;
      }
      Level next = arithmetic.giveBack(arithmetic.advance(seen, nowMicros), taken, cost);
      if (LEVEL.compareAndSet(this, seen, next)) {
        return;
      }
    }
  }

  /** Ends the bucket, if that makes no difference to anybody: it is as if it had not been used. */
  boolean retire(Arithmetic arithmetic, long nowMicros) {
    Level seen = level;
    return seen != null
        && arithmetic.untilUnusedMicros(arithmetic.advance(seen, nowMicros), nowMicros) == 0
        && LEVEL.compareAndSet(this, seen, null);
  }

  /**
   * What became of taking.
   *
   * @param level afterwards
   */
  record Taken(Bucket from, Level level, boolean isTaken) {}
}
