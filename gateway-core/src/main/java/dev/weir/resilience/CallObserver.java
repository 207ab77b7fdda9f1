package dev.weir.resilience;

import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/** Is told how a call ended: exactly one of the three, exactly once. */
public interface CallObserver<T> {

  /** The call gave a value, which goes on to the subscriber afterwards. */
  void value(T value);

  void error(Throwable error);

  /** The subscriber left before there was a value; also when it was empty. */
  void cancelled();

  /** The same call, observed. */
  static <T> Mono<T> observe(Mono<T> call, CallObserver<? super T> observer) {
    return new Observed<>(call, observer);
  }

  /** Assembly. */
  final class Observed<T> extends Mono<T> {

    private final Mono<T> call;
    private final CallObserver<? super T> observer;

    private Observed(Mono<T> call, CallObserver<? super T> observer) {
      this.call = call;
      this.observer = observer;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
      ObservedSubscriber<T> subscriber = new ObservedSubscriber<>(actual, observer);
      actual.onSubscribe(subscriber);
      call.subscribe(subscriber);
    }
  }

  /** One subscription. */
  final class ObservedSubscriber<T> extends CallSubscriber<T> {

    private final CallObserver<? super T> observer;

    private ObservedSubscriber(CoreSubscriber<? super T> actual, CallObserver<? super T> observer) {
      super(actual);
      this.observer = observer;
    }

    @Override
    public void onNext(T value) {
      if (end()) {
        observer.value(value);
        actual.onNext(value);
        actual.onComplete();
      } else {
        discard(value);
      }
    }

    @Override
    public void onError(Throwable error) {
      if (end()) {
        observer.error(error);
        actual.onError(error);
      } else {
        drop(error);
      }
    }

    @Override
    public void onComplete() {
      if (end()) {
        observer.cancelled();
        actual.onComplete();
      }
    }

    @Override
    public void cancel() {
      if (end()) {
        observer.cancelled();
        cancelUpstream();
      }
    }
  }
}
