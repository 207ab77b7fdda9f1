package dev.weir.resilience;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;

/**
 * Ends a stream that stands still although more was asked for, and one that goes on for too long.
 *
 * <p>There is one timer for the stream and none for its elements: it wakes when the stream would
 * have stood still for long enough, looks when the last element came, and sleeps on for the rest.
 * {@link Flux#timeout} with buffers leaks the one that races with the timer; here the signals of
 * the stream, its timer and its cancellation must come from one event loop, so that nothing races,
 * and an element that comes late all the same is discarded.
 */
public final class StreamTimeLimit {

  /** As {@code idleNanos}: may stand still for ever. */
  public static final long FOREVER = Long.MAX_VALUE / 2;

  private StreamTimeLimit() {}

  /**
   * The stream, cut short where it breaks one of the limits.
   *
   * @param idleNanos between two elements, as long as there is demand
   * @param untilNanos when to end in any case, on {@code clock}
   * @param idle the error of a stream that stood still
   * @param late the error of a stream that went on for too long
   * @param discard frees an element that nobody takes
   */
  public static <T> Flux<T> limit(
      Flux<T> stream,
      long idleNanos,
      long untilNanos,
      Scheduler clock,
      Supplier<? extends Throwable> idle,
      Supplier<? extends Throwable> late,
      Consumer<? super T> discard) {
    return new Limited<>(stream, idleNanos, untilNanos, clock, idle, late, discard);
  }

  private static final class Limited<T> extends Flux<T> {

    private final Flux<T> stream;
    private final long idleNanos;
    private final long untilNanos;
    private final Scheduler clock;
    private final Supplier<? extends Throwable> idle;
    private final Supplier<? extends Throwable> late;
    private final Consumer<? super T> discard;

    Limited(
        Flux<T> stream,
        long idleNanos,
        long untilNanos,
        Scheduler clock,
        Supplier<? extends Throwable> idle,
        Supplier<? extends Throwable> late,
        Consumer<? super T> discard) {
      this.stream = stream;
      this.idleNanos = idleNanos;
      this.untilNanos = untilNanos;
      this.clock = clock;
      this.idle = idle;
      this.late = late;
      this.discard = discard;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
      stream.subscribe(new LimitedSubscriber<>(actual, this));
    }
  }

  private static final class LimitedSubscriber<T>
      implements CoreSubscriber<T>, Subscription, Runnable {

    private final CoreSubscriber<? super T> actual;
    private final Limited<T> parent;
    private @Nullable Subscription upstream;
    private @Nullable Disposable timer;
    private long demand;
    private long quietSinceNanos;
    private boolean isOver;

    LimitedSubscriber(CoreSubscriber<? super T> actual, Limited<T> parent) {
      this.actual = actual;
      this.parent = parent;
    }

    @Override
    public Context currentContext() {
      return actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      if (Operators.validate(upstream, subscription)) {
        upstream = subscription;
        quietSinceNanos = now();
        sleep(quietSinceNanos);
        actual.onSubscribe(this);
      }
    }

    private long now() {
      return parent.clock.now(TimeUnit.NANOSECONDS);
    }

    private void sleep(long now) {
      long quietUntil = (demand == 0 ? now : quietSinceNanos) + parent.idleNanos;
      long wake = Math.min(quietUntil, parent.untilNanos);
      timer = parent.clock.schedule(this, Math.max(0, wake - now), TimeUnit.NANOSECONDS);
    }

    @Override
    public void run() {
      long now = now();
      if (isOver) {
        return;
      }
      if (now >= parent.untilNanos) {
        fail(parent.late.get());
      } else if (demand > 0 && now - quietSinceNanos >= parent.idleNanos) {
        fail(parent.idle.get());
      } else {
        sleep(now);
      }
    }

    private void fail(Throwable error) {
      isOver = true;
      if (upstream != null) {
        upstream.cancel();
      }
      actual.onError(error);
    }

    @Override
    public void request(long n) {
      if (demand == 0) {
        quietSinceNanos = now();
      }
      demand = Operators.addCap(demand, n);
      if (upstream != null) {
        upstream.request(n);
      }
    }

    @Override
    public void onNext(T element) {
      if (isOver) {
        parent.discard.accept(element);
        return;
      }
      quietSinceNanos = now();
      if (demand != Long.MAX_VALUE) {
        demand--;
      }
      actual.onNext(element);
    }

    @Override
    public void onError(Throwable error) {
      if (end()) {
        actual.onError(error);
      } else {
        Operators.onErrorDropped(error, currentContext());
      }
    }

    @Override
    public void onComplete() {
      if (end()) {
        actual.onComplete();
      }
    }

    @Override
    public void cancel() {
      if (end() && upstream != null) {
        upstream.cancel();
      }
    }

    private boolean end() {
      if (isOver) {
        return false;
      }
      isOver = true;
      if (timer != null) {
        timer.dispose();
      }
      return true;
    }
  }
}
