package dev.weir.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A clock that stands still until it is told to move on, and knows which timers are still set. */
public final class TestClock implements Scheduler {

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final List<Timer> timers = new ArrayList<>();

  public void advance(Duration by) {
    time.advanceTimeBy(by);
  }

  public void advanceMillis(long millis) {
    time.advanceTimeBy(Duration.ofMillis(millis));
  }

  /** Timers that are neither run nor disposed of. */
  public long pendingTimers() {
    timers.removeIf(Timer::isDisposed);
    return timers.size();
  }

  @Override
  public long now(TimeUnit unit) {
    return time.now(unit);
  }

  @Override
  public Disposable schedule(Runnable task) {
    return time.schedule(task);
  }

  @Override
  public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
    Timer timer = new Timer(task);
    timers.add(timer);
    timer.scheduled.update(time.schedule(timer, delay, unit));
    return timer;
  }

  @Override
  public Worker createWorker() {
    Disposable.Composite tasks = Disposables.composite();
    return new Worker() {
      @Override
      public Disposable schedule(Runnable task) {
        return TestClock.this.schedule(task);
      }

      @Override
      public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        Disposable timer = TestClock.this.schedule(task, delay, unit);
        tasks.add(timer);
        return timer;
      }

      @Override
      public void dispose() {
        tasks.dispose();
      }

      @Override
      public boolean isDisposed() {
        return tasks.isDisposed();
      }
    };
  }

  private static final class Timer implements Runnable, Disposable {

    private final Runnable task;
    private final Disposable.Swap scheduled = Disposables.swap();
    private boolean isOver;

    Timer(Runnable task) {
      this.task = task;
    }

    @Override
    public void run() {
      if (!isOver) {
        isOver = true;
        task.run();
      }
    }

    @Override
    public void dispose() {
      isOver = true;
      scheduled.dispose();
    }

    @Override
    public boolean isDisposed() {
      return isOver;
    }
  }
}
