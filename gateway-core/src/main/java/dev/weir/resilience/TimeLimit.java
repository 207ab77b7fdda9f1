package dev.weir.resilience;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Ends a call that takes too long: cancels it and fails in its place.
 *
 * <p>Does what {@link Mono#timeout(java.time.Duration, Scheduler)} does, at a fraction of its cost:
 * one timer, one object, no second subscription. A value that comes too late is discarded.
 */
public final class TimeLimit {

  private TimeLimit() {}

  /**
   * The call, or the error once its time is up.
   *
   * @param nanos from the subscription on; the timer may be late by the grain of {@code clock}
   * @param error made only if time runs out
   */
  public static <T> Mono<T> limit(
      Mono<T> call, long nanos, Scheduler clock, Supplier<? extends Throwable> error) {
    return limit(call, nanos, clock, error, UnaryOperator.identity());
  }

  /**
   * The same.
   *
   * @param inTime is given the value of a call that had one in time, and says what becomes of it
   */
  public static <T> Mono<T> limit(
      Mono<T> call,
      long nanos,
      Scheduler clock,
      Supplier<? extends Throwable> error,
      UnaryOperator<T> inTime) {
    return new Limited<>(call, nanos, clock, error, inTime);
  }

  private static final class Limited<T> extends Mono<T> {

    private final Mono<T> call;
    private final long nanos;
    private final Scheduler clock;
    private final Supplier<? extends Throwable> error;
    private final UnaryOperator<T> inTime;

    Limited(
        Mono<T> call,
        long nanos,
        Scheduler clock,
        Supplier<? extends Throwable> error,
        UnaryOperator<T> inTime) {
      this.call = call;
      this.nanos = nanos;
      this.clock = clock;
      this.error = error;
      this.inTime = inTime;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
      LimitedSubscriber<T> subscriber = new LimitedSubscriber<>(actual, error, inTime);
      actual.onSubscribe(subscriber);
      subscriber.start(clock.schedule(subscriber, Math.max(nanos, 0), TimeUnit.NANOSECONDS));
      call.subscribe(subscriber);
    }
  }

  private static final class LimitedSubscriber<T> extends CallSubscriber<T> implements Runnable {

    private final Supplier<? extends Throwable> error;
    private final UnaryOperator<T> inTime;
    private volatile @Nullable Disposable timer;

    LimitedSubscriber(
        CoreSubscriber<? super T> actual,
        Supplier<? extends Throwable> error,
        UnaryOperator<T> inTime) {
      super(actual);
      this.error = error;
      this.inTime = inTime;
    }

    void start(Disposable scheduled) {
      timer = scheduled;
      if (hasEnded()) {
        scheduled.dispose();
      }
    }

    private boolean endInTime() {
      if (!end()) {
        return false;
      }
      Disposable scheduled = timer;
      if (scheduled != null) {
        scheduled.dispose();
      }
      return true;
    }

    /** Time is up. */
    @Override
    public void run() {
      if (end()) {
        cancelUpstream();
        actual.onError(error.get());
      }
    }

    @Override
    public void onNext(T value) {
      if (endInTime()) {
        actual.onNext(inTime.apply(value));
        actual.onComplete();
      } else {
        discard(value);
      }
    }

    @Override
    public void onError(Throwable failure) {
      if (endInTime()) {
        actual.onError(failure);
      } else {
        drop(failure);
      }
    }

    @Override
    public void onComplete() {
      if (endInTime()) {
        actual.onComplete();
      }
    }

    @Override
    public void cancel() {
      if (endInTime()) {
        cancelUpstream();
      }
    }
  }
}
