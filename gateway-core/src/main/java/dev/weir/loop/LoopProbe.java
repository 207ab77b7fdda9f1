package dev.weir.loop;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A tick of one event loop's own, which tells how late it is.
 *
 * <p>The loop writes, the watching thread reads; only {@link #stalledAt} belongs to that thread.
 */
final class LoopProbe implements Runnable {

  /** Seldom enough to cost nothing, often enough that a hundred ticks are a picture. */
  static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final EventLoop loop;
  private final Listener listener;
  private volatile long dueNanos;
  private volatile @Nullable Thread thread;
  private long toldFor;
  private boolean hasTold;

  /** Is told of each tick, on the loop. */
  interface Listener {
    void ticked(String loop, long lateNanos);
  }

  LoopProbe(EventLoop loop, Listener listener) {
    this.loop = loop;
    this.listener = listener;
  }

  void start() {
    dueNanos = System.nanoTime();
    loop.execute(this);
  }

  @Override
  public void run() {
    Thread current = Thread.currentThread();
    thread = current;
    long now = System.nanoTime();
    listener.ticked(current.getName(), Math.max(0, now - dueNanos));
    dueNanos = now + TICK_NANOS;
    if (!loop.isShuttingDown()) {
      loop.schedule(this, TICK_NANOS, TimeUnit.NANOSECONDS);
    }
  }

  /** The thread of a loop that is later than the bound, once for each time; else null. */
  @Nullable Thread stalledAt(long nowNanos, long boundNanos) {
    long due = dueNanos;
    boolean isNew = !hasTold || toldFor != due;
    if (nowNanos - due <= boundNanos || !isNew || loop.isShuttingDown()) {
      return null;
    }
    hasTold = true;
    toldFor = due;
    return thread;
  }
}
