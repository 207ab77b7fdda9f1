package dev.weir.load.client;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/** Every single latency of a run, so that no percentile is an estimate. */
final class Latencies {

  private static final double NANOS_PER_MILLI = 1e6;

  private final AtomicLongArray nanos;
  private final AtomicInteger successes = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();

  Latencies(int expected) {
    nanos = new AtomicLongArray(expected);
  }

  void record(long latencyNanos) {
    nanos.set(successes.getAndIncrement(), latencyNanos);
  }

  void fail() {
    failures.incrementAndGet();
  }

  int successes() {
    return successes.get();
  }

  /** Successes and failures. */
  int count() {
    return successes.get() + failures.get();
  }

  /** The latency below which a part of them are, from 0 to 1; 0 if there are none. */
  double millisAt(double part) {
    int count = successes.get();
    if (count == 0) {
      return 0;
    }
    long[] sorted = new long[count];
    for (int i = 0; i < count; i++) {
      sorted[i] = nanos.get(i);
    }
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(part * count);
    return sorted[Math.max(rank, 1) - 1] / NANOS_PER_MILLI;
  }
}
