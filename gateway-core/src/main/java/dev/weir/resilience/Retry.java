package dev.weir.resilience;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Repeats a call as long as a policy says so, with pauses between the attempts.
 *
 * <p>A value that is not the last one is discarded before the pause begins, so that it holds
 * nothing meanwhile. Cancelling ends the attempt that runs, or the pause.
 */
public final class Retry {

  /** The pause that means: take what there is. */
  public static final long NO_MORE = -1;

  /** Decides after each attempt; asked once for each, on the thread that it ended on. */
  public interface Policy<T> {

    /** In nanoseconds, or {@link #NO_MORE}. */
    long pauseAfter(T value);

    /** In nanoseconds, or {@link #NO_MORE}. */
    long pauseAfter(Throwable error);
  }

  private Retry() {}

  /**
   * The first attempt that the policy does not want repeated.
   *
   * @param attempt makes the call of each attempt, the first included
   */
  public static <T> Mono<T> repeat(
      Supplier<Mono<T>> attempt, Policy<? super T> policy, Scheduler clock) {
    return new Repeated<>(attempt, policy, clock);
  }

  private static final class Repeated<T> extends Mono<T> {

    private final Supplier<Mono<T>> attempt;
    private final Policy<? super T> policy;
    private final Scheduler clock;

    Repeated(Supplier<Mono<T>> attempt, Policy<? super T> policy, Scheduler clock) {
      this.attempt = attempt;
      this.policy = policy;
      this.clock = clock;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
      RepeatedSubscriber<T> subscriber = new RepeatedSubscriber<>(actual, this);
      actual.onSubscribe(subscriber);
      subscriber.run();
    }
  }

  private static final class RepeatedSubscriber<T> extends CallSubscriber<T> implements Runnable {

    private final Repeated<T> parent;
    private volatile @Nullable Disposable pause;

    /** Whether the attempt has said its last word already: a value is followed by a completion. */
    private boolean isAttemptOver;

    RepeatedSubscriber(CoreSubscriber<? super T> actual, Repeated<T> parent) {
      super(actual);
      this.parent = parent;
    }

    /** One attempt. */
    @Override
    public void run() {
      if (!hasEnded()) {
        isAttemptOver = false;
        make(parent.attempt).subscribe(this);
      }
    }

    private void runAfter(long nanos) {
      // Never at once: the attempt that just emitted has yet to complete.
      long atLeastOne = Math.max(1, nanos);
      Disposable scheduled = parent.clock.schedule(this, atLeastOne, TimeUnit.NANOSECONDS);
      pause = scheduled;
      if (hasEnded()) {
        scheduled.dispose();
      }
    }

    @Override
    public void onNext(T value) {
      isAttemptOver = true;
      long nanos = hasEnded() ? NO_MORE : parent.policy.pauseAfter(value);
      if (nanos >= 0) {
        discard(value);
        runAfter(nanos);
      } else if (end()) {
        actual.onNext(value);
        actual.onComplete();
      } else {
        discard(value);
      }
    }

    @Override
    public void onError(Throwable error) {
      if (isAttemptOver) {
        drop(error);
        return;
      }
      isAttemptOver = true;
      long nanos = hasEnded() ? NO_MORE : parent.policy.pauseAfter(error);
      if (nanos >= 0) {
        runAfter(nanos);
      } else if (end()) {
        actual.onError(error);
      } else {
        drop(error);
      }
    }

    @Override
    public void onComplete() {
      if (!isAttemptOver && end()) {
        actual.onComplete();
      }
    }

    @Override
    public void cancel() {
      if (end()) {
        cancelUpstream();
        Disposable scheduled = pause;
        if (scheduled != null) {
          scheduled.dispose();
        }
      }
    }
  }
}
