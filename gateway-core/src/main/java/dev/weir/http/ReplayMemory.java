package dev.weir.http;

import java.util.concurrent.atomic.AtomicLong;

/** How much of all request bodies together may be kept in memory for a repetition. */
public final class ReplayMemory {

  private final long maxBytes;
  private final AtomicLong usedBytes = new AtomicLong();

  public ReplayMemory(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  boolean tryReserve(int bytes) {
    if (usedBytes.addAndGet(bytes) <= maxBytes) {
      return true;
    }
    usedBytes.addAndGet(-bytes);
    return false;
  }

  /** Whether there is room or not; for what is on its way and can't be refused any more. */
  void reserve(int bytes) {
    usedBytes.addAndGet(bytes);
  }

  void release(long bytes) {
    usedBytes.addAndGet(-bytes);
  }

  public long usedBytes() {
    return usedBytes.get();
  }
}
