package dev.weir.loop;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * The clock of the gateway: monotonic time, and timers on the event loop of whoever asks for one.
 *
 * <p>A task runs on the loop that it was scheduled on, so that an exchange never changes threads;
 * one that is scheduled from outside gets the next loop in turn. Timers are late by up to {@value
 * #TICK_MILLIS} ms, never early; time is that of the {@link Moment}, where there is one.
 */
public final class LoopScheduler implements Scheduler {

  /** The grain of all timers. */
  public static final int TICK_MILLIS = 10;

  private static final Logger LOG = LoggerFactory.getLogger(LoopScheduler.class);
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
  private static final int SLOTS = 512;

  private final long originNanos = System.nanoTime();
  private final List<LoopTimers> loops = new ArrayList<>();
  private final FastThreadLocal<@Nullable LoopTimers> own = new FastThreadLocal<>();
  private final AtomicInteger turn = new AtomicInteger();

  public LoopScheduler(List<? extends EventLoop> eventLoops) {
    for (EventLoop eventLoop : eventLoops) {
      loops.add(new LoopTimers(eventLoop));
    }
  }

  @Override
  public long now(TimeUnit unit) {
    return unit.convert(nowNanos(), TimeUnit.NANOSECONDS);
  }

  private long nowNanos() {
    return Moment.nanos() - originNanos;
  }

  /** How many timers are waiting, on all loops; a snapshot for metrics and tests. */
  public int pendingTimers() {
    return loops.stream().mapToInt(timers -> timers.pending.get()).sum();
  }

  @Override
  public Disposable schedule(Runnable task) {
    Task scheduled = new Task(loop(), task);
    scheduled.timers.eventLoop.execute(scheduled);
    return scheduled;
  }

  @Override
  public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
    return loop().schedule(task, unit.toNanos(delay));
  }

  @Override
  public Worker createWorker() {
    return new LoopWorker(loop());
  }

  @Override
  public void dispose() {}

  private LoopTimers loop() {
    LoopTimers current = own.get();
    if (current != null) {
      return current;
    }
    for (LoopTimers timers : loops) {
      if (timers.eventLoop.inEventLoop()) {
        own.set(timers);
        return timers;
      }
    }
    return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
  }

  /** The wheel of one loop, and the task that turns it while it holds a timer. */
  private final class LoopTimers implements Runnable {

    private final EventLoop eventLoop;
    private final TimerWheel wheel = new TimerWheel(TICK_NANOS, SLOTS, nowNanos());
    private boolean isTurning;

    /** The wheel's size for other threads, who may see it late: each timer changes it twice. */
    private final AtomicInteger pending = new AtomicInteger();

    LoopTimers(EventLoop eventLoop) {
      this.eventLoop = eventLoop;
    }

    Task schedule(Runnable task, long delayNanos) {
      Task scheduled = new Task(this, task);
      long atNanos = nowNanos() + Math.max(0, delayNanos);
      if (eventLoop.inEventLoop()) {
        add(scheduled, atNanos);
      } else {
        eventLoop.execute(() -> add(scheduled, atNanos));
      }
      return scheduled;
    }

    private void add(Task task, long atNanos) {
      if (task.isDisposed()) {
        return;
      }
      task.timer = wheel.add(task, atNanos);
      pending.lazySet(wheel.size());
      if (!isTurning) {
        isTurning = true;
        turnLater();
      }
    }

    private void remove(TimerWheel.Timer timer) {
      wheel.remove(timer);
      pending.lazySet(wheel.size());
    }

    private void turnLater() {
      eventLoop.schedule(this, TICK_NANOS, TimeUnit.NANOSECONDS);
    }

    @Override
    public void run() {
      wheel.advance(nowNanos());
      pending.lazySet(wheel.size());
      isTurning = wheel.size() > 0;
      if (isTurning) {
        turnLater();
      }
    }
  }

  /** One thing to do, once. */
  private static final class Task implements Runnable, Disposable {

    private static final AtomicIntegerFieldUpdater<Task> IS_DISPOSED =
        AtomicIntegerFieldUpdater.newUpdater(Task.class, "isDisposed");

    private final LoopTimers timers;
    private final Runnable task;
    private volatile int isDisposed;
    private TimerWheel.@Nullable Timer timer;

    Task(LoopTimers timers, Runnable task) {
      this.timers = timers;
      this.task = task;
    }

    @Override
    public void run() {
      if (isDisposed()) {
        return;
      }
      IS_DISPOSED.lazySet(this, 1);
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.error("a scheduled task failed", e);
      }
    }

    @Override
    public void dispose() {
      if (isDisposed()) {
        return;
      }
      IS_DISPOSED.lazySet(this, 1);
      if (timers.eventLoop.inEventLoop()) {
        removeTimer();
      } else if (!timers.eventLoop.isShuttingDown()) {
        timers.eventLoop.execute(this::removeTimer);
      }
    }

    private void removeTimer() {
      if (timer != null) {
        timers.remove(timer);
      }
    }

    @Override
    public boolean isDisposed() {
      return isDisposed != 0;
    }
  }

  /** Tasks of one loop that are given up together. */
  private static final class LoopWorker implements Worker {

    private final LoopTimers timers;
    private final Disposable.Composite tasks = Disposables.composite();

    LoopWorker(LoopTimers timers) {
      this.timers = timers;
    }

    @Override
    public Disposable schedule(Runnable task) {
      Task scheduled = new Task(timers, task);
      if (tasks.add(scheduled)) {
        timers.eventLoop.execute(scheduled);
      }
      return scheduled;
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
      Task scheduled = timers.schedule(task, unit.toNanos(delay));
      boolean unused = tasks.add(scheduled);
      return scheduled;
    }

    @Override
    public void dispose() {
      tasks.dispose();
    }

    @Override
    public boolean isDisposed() {
      return tasks.isDisposed();
    }
  }
}
