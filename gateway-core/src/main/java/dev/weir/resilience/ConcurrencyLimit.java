package dev.weir.resilience;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/**
 * Lets so many calls run at a time, lets so many more wait for a while in the order in which they
 * came, and refuses the rest at once.
 *
 * <p>What a call holds is a {@link Permit}. It comes back when the call fails or is cancelled; a
 * value takes it along, and whoever holds the value releases it. Releasing twice is as good as
 * once.
 *
 * <p>Lock-free. {@code inUse} counts the permits that are out; {@code queue} holds who waits. Any
 * thread may take a free permit as long as nobody waits. Permits are given to waiters by {@link
 * #serve()} alone, which one thread at a time runs: a thread that finds it running leaves a mark in
 * {@code served}, and the one that runs it goes round once more. Whoever enters the queue and
 * whoever brings a permit back calls it afterwards, so that a free permit and a waiter can't both
 * be left lying. A waiter goes on where it came from: on the worker of {@code clock} that it took
 * when it began to wait, never on the thread that released the permit.
 */
public final class ConcurrencyLimit {

  /** Why a call was refused. */
  public enum Refusal {
    QUEUE_FULL,
    QUEUE_TIMEOUT
  }

  /** The right to run; held by one call or by its value. */
  public interface Permit {

    /** Gives the permit back, from any thread; the first time counts. */
    void release();
  }

  /**
   * How many.
   *
   * @param max at a time; at least 1
   * @param maxQueue that may wait; 0 for none
   * @param maxWait in the queue
   */
  public record Policy(int max, int maxQueue, Duration maxWait) {}

  private final Policy policy;
  private final Scheduler clock;
  private final AtomicInteger inUse = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger served = new AtomicInteger();

  /**
   * Of itself without a bound: {@code waiting} counts who is in it, up to the policy's {@code
   * maxQueue}.
   */
  private final Queue<LimitedSubscriber<?>> queue = new ConcurrentLinkedQueue<>();

  public ConcurrencyLimit(Policy policy, Scheduler clock) {
    this.policy = policy;
    this.clock = clock;
  }

  /**
   * The call, once it may run.
   *
   * @param call is made once it may run, so that a refusal costs next to nothing
   * @param handOver ties the permit to the value, and gives the value back
   * @param onWait runs if the call has to wait, before it does
   * @param refusal the error of a call that may not run
   */
  public <T> Mono<T> limit(
      Supplier<? extends Mono<T>> call,
      BiFunction<T, Permit, T> handOver,
      Runnable onWait,
      Function<Refusal, ? extends Throwable> refusal) {
    return new Limited<>(this, call, handOver, onWait, refusal);
  }

  public Policy policy() {
    return policy;
  }

  public int inUse() {
    return inUse.get();
  }

  public int waiting() {
    return waiting.get();
  }

  private boolean tryTake() {
    int taken = inUse.get();
    while (taken < policy.max()) {
      if (inUse.compareAndSet(taken, taken + 1)) {
        return true;
      }
      taken = inUse.get();
    }
    return false;
  }

  private void giveBack() {
    inUse.decrementAndGet();
    if (waiting.get() > 0) {
      serve();
    }
  }

  private boolean tryEnqueue(LimitedSubscriber<?> waiter) {
    if (waiting.incrementAndGet() > policy.maxQueue()) {
      waiting.decrementAndGet();
      return false;
    }
    queue.add(waiter);
    return true;
  }

  private void leaveQueue(LimitedSubscriber<?> waiter) {
    if (queue.remove(waiter)) {
      waiting.decrementAndGet();
    }
  }

  private void serve() {
    if (served.getAndIncrement() != 0) {
      return;
    }
    int marks = 1;
    while (marks != 0) {
      while (!queue.isEmpty() && tryTake()) {
        serveFirst();
      }
      marks = served.addAndGet(-marks);
    }
  }

  /** Gives the permit that was just taken to the first who still wants it. */
  private void serveFirst() {
    LimitedSubscriber<?> waiter = queue.poll();
    while (waiter != null) {
      waiting.decrementAndGet();
      if (waiter.grant()) {
        return;
      }
      waiter = queue.poll();
    }
    inUse.decrementAndGet();
  }

  private static final class Limited<T> extends Mono<T> {

    private final ConcurrencyLimit limit;
    private final Supplier<? extends Mono<T>> call;
    private final BiFunction<T, Permit, T> handOver;
    private final Runnable onWait;
    private final Function<Refusal, ? extends Throwable> refusal;

    Limited(
        ConcurrencyLimit limit,
        Supplier<? extends Mono<T>> call,
        BiFunction<T, Permit, T> handOver,
        Runnable onWait,
        Function<Refusal, ? extends Throwable> refusal) {
      this.limit = limit;
      this.call = call;
      this.handOver = handOver;
      this.onWait = onWait;
      this.refusal = refusal;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
      LimitedSubscriber<T> subscriber = new LimitedSubscriber<>(actual, this);
      if (limit.waiting.get() == 0 && limit.tryTake()) {
        subscriber.runAtOnce();
      } else {
        subscriber.waitForPermit();
      }
    }
  }

  /**
   * One call: it waits, is granted a permit, starts, runs, hands the permit to its value, and is
   * over.
   *
   * <p>A subscriber that leaves while the call is being subscribed to must not bring the permit
   * back before that is done and undone, else one call more than allowed would be on its way for a
   * moment: it says that it is leaving, and whoever starts the call cancels it and then brings the
   * permit back.
   */
  private static final class LimitedSubscriber<T> extends CallSubscriber<T> implements Permit {

    private static final int WAITING = 0;
    private static final int GRANTED = 1;
    private static final int STARTING = 2;
    private static final int RUNNING = 3;
    private static final int LEAVING = 4;
    private static final int HANDED_OVER = 5;
    private static final int OVER = 6;

    private final AtomicInteger state = new AtomicInteger(WAITING);
    private final Limited<T> parent;
    private Scheduler.@Nullable Worker worker;

    LimitedSubscriber(CoreSubscriber<? super T> actual, Limited<T> parent) {
      super(actual);
      this.parent = parent;
    }

    private boolean move(int from, int to) {
      return state.get() == from && state.compareAndSet(from, to);
    }

    void runAtOnce() {
      state.set(STARTING);
      actual.onSubscribe(this);
      start();
    }

    void waitForPermit() {
      if (parent.limit.policy.maxQueue() == 0) {
        Operators.error(actual, parent.refusal.apply(Refusal.QUEUE_FULL));
        return;
      }
      Scheduler.Worker own = parent.limit.clock.createWorker();
      worker = own;
      if (!parent.limit.tryEnqueue(this)) {
        own.dispose();
        Operators.error(actual, parent.refusal.apply(Refusal.QUEUE_FULL));
        return;
      }
      parent.onWait.run();
      actual.onSubscribe(this);
      limitWaiting(own);
      parent.limit.serve();
    }

    private void limitWaiting(Scheduler.Worker own) {
      try {
        own.schedule(
            this::giveUpWaiting, parent.limit.policy.maxWait().toNanos(), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException notWaitingAnyMore) {
        // Another thread has served us in the meantime, or the subscriber has left.
      }
    }

    /** A permit is there; whoever brought it goes on with its own work, and we with ours. */
    boolean grant() {
      if (!move(WAITING, GRANTED)) {
        return false;
      }
      if (worker != null) {
        worker.schedule(this::runAfterWaiting);
      }
      return true;
    }

    private void runAfterWaiting() {
      stopWaiting();
      if (move(GRANTED, STARTING)) {
        start();
      }
    }

    private void start() {
      if (move(LEAVING, OVER)) {
        parent.limit.giveBack();
        return;
      }
      make(parent.call).subscribe(this);
      if (!move(STARTING, RUNNING) && move(LEAVING, OVER)) {
        cancelUpstream();
        parent.limit.giveBack();
      }
    }

    private void giveUpWaiting() {
      if (move(WAITING, OVER)) {
        parent.limit.leaveQueue(this);
        stopWaiting();
        actual.onError(parent.refusal.apply(Refusal.QUEUE_TIMEOUT));
      }
    }

    private void stopWaiting() {
      if (worker != null) {
        worker.dispose();
      }
    }

    @Override
    public void onNext(T value) {
      if (move(RUNNING, HANDED_OVER) || move(STARTING, HANDED_OVER)) {
        actual.onNext(parent.handOver.apply(value, this));
        actual.onComplete();
      } else {
        discard(value);
      }
    }

    @Override
    public void onError(Throwable error) {
      if (move(RUNNING, OVER) || move(STARTING, OVER)) {
        parent.limit.giveBack();
        actual.onError(error);
      } else {
        drop(error);
      }
    }

    @Override
    public void onComplete() {
      if (move(RUNNING, OVER) || move(STARTING, OVER)) {
        parent.limit.giveBack();
        actual.onComplete();
      }
    }

    @Override
    public void cancel() {
      if (move(WAITING, OVER)) {
        parent.limit.leaveQueue(this);
        stopWaiting();
      } else if (move(GRANTED, OVER)) {
        parent.limit.giveBack();
      } else if (!move(STARTING, LEAVING) && move(RUNNING, OVER)) {
        cancelUpstream();
        parent.limit.giveBack();
      }
    }

    @Override
    public void release() {
      if (move(HANDED_OVER, OVER)) {
        parent.limit.giveBack();
      }
    }
  }
}
