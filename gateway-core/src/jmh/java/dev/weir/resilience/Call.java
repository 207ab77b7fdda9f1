package dev.weir.resilience;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/** One subscription to a call that answers at once; no more than a benchmark must pay for. */
final class Call<T> implements CoreSubscriber<T> {

  private @Nullable T value;

  static <T> @Nullable T run(Mono<T> call) {
    Call<T> subscriber = new Call<>();
    call.subscribe(subscriber);
    return subscriber.value;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(T answer) {
    value = answer;
  }

  @Override
  public void onError(Throwable error) {
    throw new IllegalStateException(error);
  }

  @Override
  public void onComplete() {}
}
