package dev.weir.ratelimit;

import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The buckets of one limit, by key, of which there are never more than a maximum.
 *
 * <p>A bucket that has filled up again says no more than one that was never there, and goes: each
 * new key looks at a few others, so that nothing runs periodically. When there is no room and none
 * to be made, all further keys share one bucket. So a flood of new keys costs those who come new,
 * and nobody gets more than the limit allows.
 *
 * <p>Known keys are found without a lock; a new one locks its bin of the map for an insertion.
 */
final class BucketTable {

  /** How many others a new key looks at; with more than one, the table can't grow by dead ones. */
  private static final int LOOKED_AT = 4;

  /** How many, if there is no room. */
  private static final int LOOKED_AT_WHEN_FULL = 64;

  private final Arithmetic arithmetic;
  private final int max;
  private final Runnable onOverflow;
  private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();
  private final AtomicInteger size = new AtomicInteger();
  private final Bucket overflow = new Bucket();
  private final AtomicBoolean isSweeping = new AtomicBoolean();

  /** Guarded by {@link #isSweeping}. */
  private Iterator<Map.Entry<String, Bucket>> hand = buckets.entrySet().iterator();

  /**
   * An empty table.
   *
   * @param onOverflow runs each time that a key has to share
   */
  BucketTable(Arithmetic arithmetic, int max, Runnable onOverflow) {
    this.arithmetic = arithmetic;
    this.max = max;
    this.onOverflow = onOverflow;
  }

  /** The bucket of that key; it may be retired by the time that it is used. */
  Bucket bucket(String key, long nowMicros) {
    Bucket known = buckets.get(key);
    return known != null ? known : newBucket(key, nowMicros);
  }

  private Bucket newBucket(String key, long nowMicros) {
    sweep(nowMicros, LOOKED_AT);
    if (!reserve()) {
      sweep(nowMicros, LOOKED_AT_WHEN_FULL);
      if (!reserve()) {
        Bucket known = buckets.get(key);
        if (known == null) {
          onOverflow.run();
        }
        return known != null ? known : overflow;
      }
    }
    Bucket fresh = new Bucket();
    Bucket known = buckets.putIfAbsent(key, fresh);
    if (known != null) {
      size.decrementAndGet();
      return known;
    }
    return fresh;
  }

  /** Room for one more, if there is. */
  private boolean reserve() {
    while (true) {
      int current = size.get();
      if (current >= max) {
        return false;
      }
      if (size.compareAndSet(current, current + 1)) {
        return true;
      }
    }
  }

  /** Looks at the next few buckets, and drops those that are as if unused; by one at a time. */
  private void sweep(long nowMicros, int count) {
    if (!isSweeping.compareAndSet(false, true)) {
      return;
    }
    try {
      for (int i = 0; i < count; i++) {
        if (!hand.hasNext()) {
          hand = buckets.entrySet().iterator();
          if (!hand.hasNext()) {
            return;
          }
        }
        Map.Entry<String, Bucket> entry = hand.next();
        drop(entry.getKey(), entry.getValue(), nowMicros);
      }
    } finally {
      isSweeping.set(false);
    }
  }

  private void drop(String key, Bucket bucket, long nowMicros) {
    if (bucket.retire(arithmetic, nowMicros)) {
      forget(key, bucket);
    }
  }

  /** Makes room for a key whose bucket turned out to be retired. */
  void forget(String key, Bucket retired) {
    if (buckets.remove(key, retired)) {
      size.decrementAndGet();
    }
  }

  /** How many keys have a bucket of their own. */
  int size() {
    return size.get();
  }
}
