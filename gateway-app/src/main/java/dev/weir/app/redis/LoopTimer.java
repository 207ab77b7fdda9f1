package dev.weir.app.redis;

import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.TimerTask;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** Gives Lettuce the timers of the event loops, in place of a thread with a wheel of its own. */
final class LoopTimer implements Timer {

  private static final Logger LOG = LoggerFactory.getLogger(LoopTimer.class);

  private final Scheduler clock;

  LoopTimer(Scheduler clock) {
    this.clock = clock;
  }

  @Override
  public Timeout newTimeout(TimerTask task, long delay, TimeUnit unit) {
    Entry entry = new Entry(this, task);
    entry.timer = clock.schedule(entry, delay, unit);
    return entry;
  }

  /** The timers belong to the loops, which end them. */
  @Override
  public Set<Timeout> stop() {
    return Set.of();
  }

  private static final class Entry implements Timeout, Runnable {

    private final LoopTimer owner;
    private final TimerTask task;
    private volatile @Nullable Disposable timer;
    private volatile boolean isCancelled;
    private volatile boolean isExpired;

    Entry(LoopTimer owner, TimerTask task) {
      this.owner = owner;
      this.task = task;
    }

    @Override
    public void run() {
      if (isCancelled) {
        return;
      }
      isExpired = true;
      try {
        task.run(this);
      } catch (Exception e) {
        LOG.error("a timer of the Redis client failed", e);
      }
    }

    @Override
    public Timer timer() {
      return owner;
    }

    @Override
    public TimerTask task() {
      return task;
    }

    @Override
    public boolean isExpired() {
      return isExpired;
    }

    @Override
    public boolean isCancelled() {
      return isCancelled;
    }

    @Override
    public boolean cancel() {
      if (isExpired || isCancelled) {
        return false;
      }
      isCancelled = true;
      Disposable scheduled = timer;
      if (scheduled != null) {
        scheduled.dispose();
      }
      return true;
    }
  }
}
