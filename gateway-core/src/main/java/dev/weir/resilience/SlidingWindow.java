package dev.weir.resilience;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * How often each of a few kinds of things happened in the recent past: a ring of buckets, each for
 * a tenth of the window, the oldest of which is replaced as time goes on.
 *
 * <p>Lock-free. A bucket is never cleared, always replaced, so that no count is lost and none is
 * counted twice; a count that arrives while its bucket is being replaced falls into the newer one.
 */
final class SlidingWindow {

  private static final int BUCKETS = 10;

  private final long bucketNanos;
  private final int kinds;
  private final AtomicReferenceArray<Bucket> ring = new AtomicReferenceArray<>(BUCKETS);

  SlidingWindow(Duration length, int kinds) {
    this.bucketNanos = Math.max(1, length.toNanos() / BUCKETS);
    this.kinds = kinds;
    for (int i = 0; i < BUCKETS; i++) {
      ring.set(i, new Bucket(Long.MIN_VALUE, kinds));
    }
  }

  void add(long nowNanos, int kind) {
    bucketAt(nowNanos / bucketNanos).counts.getAndIncrement(kind);
  }

  /** Takes back what was added a moment ago. */
  void undo(long nowNanos, int kind) {
    bucketAt(nowNanos / bucketNanos).counts.getAndDecrement(kind);
  }

  long total(long nowNanos, int kind) {
    long oldest = nowNanos / bucketNanos - BUCKETS + 1;
    long total = 0;
    for (int i = 0; i < BUCKETS; i++) {
      Bucket bucket = ring.get(i);
      if (bucket.tick >= oldest) {
        total += bucket.counts.get(kind);
      }
    }
    return total;
  }

  private Bucket bucketAt(long tick) {
    int index = (int) Math.floorMod(tick, (long) BUCKETS);
    while (true) {
      Bucket bucket = ring.get(index);
      if (bucket.tick >= tick) {
        return bucket;
      }
      Bucket fresh = new Bucket(tick, kinds);
      if (ring.compareAndSet(index, bucket, fresh)) {
        return fresh;
      }
    }
  }

  private static final class Bucket {
    final long tick;
    final AtomicLongArray counts;

    Bucket(long tick, int kinds) {
      this.tick = tick;
      this.counts = new AtomicLongArray(kinds);
    }
  }
}
