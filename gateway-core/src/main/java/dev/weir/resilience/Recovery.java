package dev.weir.resilience;

import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/** Turns the errors of a call into values: what is thrown while it is made, and how it fails. */
public final class Recovery {

  private Recovery() {}

  /**
   * The call, or the value in place of its error.
   *
   * @param call is made by each subscription; may throw
   * @param recovery must not throw
   */
  public static <T> Mono<T> recover(
      Supplier<? extends Mono<T>> call, Function<? super Throwable, ? extends T> recovery) {
    return new Recovered<>(call, recovery);
  }

  private static final class Recovered<T> extends Mono<T> {

    private final Supplier<? extends Mono<T>> call;
    private final Function<? super Throwable, ? extends T> recovery;

    Recovered(Supplier<? extends Mono<T>> call, Function<? super Throwable, ? extends T> recovery) {
      this.call = call;
      this.recovery = recovery;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
      RecoveredSubscriber<T> subscriber = new RecoveredSubscriber<>(actual, recovery);
      actual.onSubscribe(subscriber);
      CallSubscriber.make(call).subscribe(subscriber);
    }
  }

  private static final class RecoveredSubscriber<T> extends CallSubscriber<T> {

    private final Function<? super Throwable, ? extends T> recovery;

    RecoveredSubscriber(
        CoreSubscriber<? super T> actual, Function<? super Throwable, ? extends T> recovery) {
      super(actual);
      this.recovery = recovery;
    }

    @Override
    public void onNext(T value) {
      if (end()) {
        actual.onNext(value);
        actual.onComplete();
      } else {
        discard(value);
      }
    }

    @Override
    public void onError(Throwable error) {
      if (end()) {
        actual.onNext(recovery.apply(error));
        actual.onComplete();
      } else {
        drop(error);
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
      if (end()) {
        cancelUpstream();
      }
    }
  }
}
