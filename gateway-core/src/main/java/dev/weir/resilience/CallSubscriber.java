package dev.weir.resilience;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * What the operators on a call share: the demand of the subscriber below, the subscription that is
 * current above, and its cancellation from any thread.
 */
abstract class CallSubscriber<T> implements CoreSubscriber<T>, Subscription {

  @SuppressWarnings("rawtypes")
  private static final AtomicReferenceFieldUpdater<CallSubscriber, @Nullable Subscription>
      UPSTREAM =
          AtomicReferenceFieldUpdater.newUpdater(
              CallSubscriber.class, Subscription.class, "upstream");

  @SuppressWarnings("rawtypes")
  private static final AtomicIntegerFieldUpdater<CallSubscriber> ENDED =
      AtomicIntegerFieldUpdater.newUpdater(CallSubscriber.class, "ended");

  final CoreSubscriber<? super T> actual;

  private volatile @Nullable Subscription upstream;
  private volatile int ended;
  private volatile boolean isRequested;

  CallSubscriber(CoreSubscriber<? super T> actual) {
    this.actual = actual;
  }

  /** A call that is made now; one that can't even be made is one that fails. */
  static <T> Mono<T> make(Supplier<? extends Mono<T>> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      return Mono.error(e);
    }
  }

  @Override
  public final Context currentContext() {
    return actual.currentContext();
  }

  /** A call begins: the first, or one that repeats it. */
  @Override
  public final void onSubscribe(Subscription subscription) {
    if (Operators.replace(UPSTREAM, this, subscription) && isRequested) {
      subscription.request(Long.MAX_VALUE);
    }
  }

  @Override
  public final void request(long n) {
    if (!Operators.validate(n) || isRequested) {
      return;
    }
    isRequested = true;
    Subscription current = upstream;
    if (current != null) {
      current.request(Long.MAX_VALUE);
    }
  }

  /** True for the first of value, error, cancellation and time running out; false for the rest. */
  final boolean end() {
    // Most who ask are told by a look: a completion that follows a value.
    return ended == 0 && ENDED.compareAndSet(this, 0, 1);
  }

  final boolean hasEnded() {
    return ended != 0;
  }

  /** Ends the call above, and every one that would still begin. */
  final void cancelUpstream() {
    boolean unused = Operators.terminate(UPSTREAM, this);
  }

  /** An error that came when the call had ended already: nobody is left to hear it. */
  final void drop(Throwable error) {
    Operators.onErrorDropped(error, currentContext());
  }

  /** Gives up a value that nobody waits for any more, by the discard hook of whoever subscribed. */
  final void discard(T value) {
    Operators.onDiscard(value, currentContext());
  }
}
