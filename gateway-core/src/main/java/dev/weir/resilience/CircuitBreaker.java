package dev.weir.resilience;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/**
 * Leaves a callee alone that keeps failing, and finds out by itself when it is well again.
 *
 * <pre>
 *            too many calls of the window failed or were slow
 *   CLOSED ---------------------------------------------------> OPEN
 *   passes                                                      refuses for a while
 *      ^                                                         |  ^
 *      | all probes succeeded            the while has passed    |  | a probe failed:
 *      |                                                         v  | the while doubles
 *      +---------------------------------------------------- HALF_OPEN
 *                                                            passes a few probes
 * </pre>
 *
 * <p>A state is an object, and a call remembers the one in which it began: what comes in late can
 * only change that one, which is no longer current. So there is no lock, and a call that began
 * before the breaker opened is never taken for a probe. A call ends in one of three ways; one that
 * measured nothing (the client left) is neither success nor failure, and gives a probe back.
 */
public final class CircuitBreaker {

  /** The states, as they are shown. */
  public enum Status {
    CLOSED,
    OPEN,
    HALF_OPEN
  }

  /** What a call says about the callee. */
  public enum Verdict {
    SUCCESS,
    FAILURE,
    /** Nothing: it was cut short by somebody else. */
    IGNORED
  }

  /** How a call's end is to be taken. */
  public interface Judge<T> {

    Verdict value(T value);

    /** The call failed, {@code elapsedNanos} after it began. */
    Verdict error(Throwable error, long elapsedNanos);

    /** The subscriber cancelled, {@code elapsedNanos} after the call began. */
    Verdict cancelled(long elapsedNanos);
  }

  /** Is told of each change; on the thread that caused it. */
  @FunctionalInterface
  public interface Listener {
    void changed(Status from, Status to, String why);
  }

  /**
   * When to open and when to close.
   *
   * @param failurePercent 1 to 100: of the window's calls, at which to open
   * @param slowPercent 1 to 100: of the window's calls, at which to open
   * @param slowCall from which duration on a call is slow, even if it succeeds
   * @param minCalls in the window, below which nothing is concluded
   * @param window over which calls are counted
   * @param minOpen how long to refuse at first
   * @param maxOpen to which the wait grows, doubling with each failed probe
   * @param probes calls let through to find out; all must succeed
   */
  public record Policy(
      int failurePercent,
      int slowPercent,
      Duration slowCall,
      int minCalls,
      Duration window,
      Duration minOpen,
      Duration maxOpen,
      int probes) {}

  private static final AtomicReferenceFieldUpdater<CircuitBreaker, State> STATE =
      AtomicReferenceFieldUpdater.newUpdater(CircuitBreaker.class, State.class, "state");

  private static final int CALLS = 0;
  private static final int FAILURES = 1;
  private static final int SLOW = 2;

  private final Policy policy;
  private final Scheduler clock;
  private final Listener listener;
  private final long slowNanos;
  private volatile State state;

  public CircuitBreaker(Policy policy, Scheduler clock, Listener listener) {
    this.policy = policy;
    this.clock = clock;
    this.listener = listener;
    this.slowNanos = policy.slowCall().toNanos();
    this.state = new Closed();
  }

  /**
   * The call, if the breaker lets it through, and its end counted.
   *
   * @param refusal the error instead, given how long the breaker will stay open
   */
  public <T> Mono<T> guard(
      Mono<T> call, Judge<? super T> judge, Function<Duration, ? extends Throwable> refusal) {
    return new Guarded<>(this, call, judge, refusal);
  }

  /** A failure that showed after its call had ended well: an answer that broke off in its body. */
  public void countLateFailure() {
    if (state instanceof Closed closed) {
      closed.record(Verdict.FAILURE, 0, now());
    }
  }

  public Status status() {
    return state.status();
  }

  public Policy policy() {
    return policy;
  }

  private long now() {
    return clock.now(TimeUnit.NANOSECONDS);
  }

  private void change(State from, State to, String why) {
    if (STATE.compareAndSet(this, from, to)) {
      listener.changed(from.status(), to.status(), why);
    }
  }

  private abstract static sealed class State {

    abstract Status status();

    /** The state in which a call may begin now, or null if none may. */
    abstract @Nullable State begin(long nowNanos);

    abstract void record(Verdict verdict, long elapsedNanos, long nowNanos);

    /** How long calls will still be refused. */
    long refusesForNanos(long nowNanos) {
      return 0;
    }
  }

  private final class Closed extends State {

    private final SlidingWindow window = new SlidingWindow(policy.window(), 3);

    @Override
    Status status() {
      return Status.CLOSED;
    }

    @Override
    State begin(long nowNanos) {
      return this;
    }

    @Override
    void record(Verdict verdict, long elapsedNanos, long nowNanos) {
      if (verdict == Verdict.IGNORED) {
        return;
      }
      window.add(nowNanos, CALLS);
      if (verdict == Verdict.FAILURE) {
        window.add(nowNanos, FAILURES);
        openAt(policy.failurePercent(), FAILURES, "failed", nowNanos);
      }
      if (elapsedNanos >= slowNanos) {
        window.add(nowNanos, SLOW);
        openAt(policy.slowPercent(), SLOW, "were slow", nowNanos);
      }
    }

    private void openAt(int percent, int kind, String what, long nowNanos) {
      long calls = window.total(nowNanos, CALLS);
      long bad = window.total(nowNanos, kind);
      if (calls >= policy.minCalls() && bad * 100 >= calls * percent) {
        change(this, new Open(policy.minOpen(), nowNanos), bad + " of " + calls + " " + what);
      }
    }
  }

  private final class Open extends State {

    private final Duration wait;
    private final long untilNanos;

    Open(Duration wait, long nowNanos) {
      this.wait = wait;
      this.untilNanos = nowNanos + wait.toNanos();
    }

    @Override
    Status status() {
      return Status.OPEN;
    }

    @Override
    @Nullable State begin(long nowNanos) {
      if (nowNanos < untilNanos) {
        return null;
      }
      change(this, new HalfOpen(wait), "after " + wait);
      return state.begin(nowNanos);
    }

    @Override
    void record(Verdict verdict, long elapsedNanos, long nowNanos) {
      throw new IllegalStateException("no call begins while the breaker is open");
    }

    @Override
    long refusesForNanos(long nowNanos) {
      return Math.max(0, untilNanos - nowNanos);
    }
  }

  private final class HalfOpen extends State {

    private final Duration lastWait;
    private final AtomicInteger available = new AtomicInteger(policy.probes());
    private final AtomicInteger succeeded = new AtomicInteger();

    HalfOpen(Duration lastWait) {
      this.lastWait = lastWait;
    }

    @Override
    Status status() {
      return Status.HALF_OPEN;
    }

    @Override
    @Nullable State begin(long nowNanos) {
      int free = available.get();
      while (free > 0) {
        if (available.compareAndSet(free, free - 1)) {
          return this;
        }
        free = available.get();
      }
      return null;
    }

    @Override
    void record(Verdict verdict, long elapsedNanos, long nowNanos) {
      if (verdict == Verdict.IGNORED) {
        available.incrementAndGet();
      } else if (verdict == Verdict.FAILURE || elapsedNanos >= slowNanos) {
        Duration doubled = lastWait.multipliedBy(2);
        Duration wait = doubled.compareTo(policy.maxOpen()) < 0 ? doubled : policy.maxOpen();
        change(this, new Open(wait, nowNanos), "a probe failed");
      } else if (succeeded.incrementAndGet() == policy.probes()) {
        change(this, new Closed(), "all probes succeeded");
      }
    }
  }

  private static final class Guarded<T> extends Mono<T> {

    private final CircuitBreaker breaker;
    private final Mono<T> call;
    private final Judge<? super T> judge;
    private final Function<Duration, ? extends Throwable> refusal;

    Guarded(
        CircuitBreaker breaker,
        Mono<T> call,
        Judge<? super T> judge,
        Function<Duration, ? extends Throwable> refusal) {
      this.breaker = breaker;
      this.call = call;
      this.judge = judge;
      this.refusal = refusal;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
      long now = breaker.now();
      State current = breaker.state;
      State begun = current.begin(now);
      if (begun == null) {
        Duration wait = Duration.ofNanos(current.refusesForNanos(now));
        Operators.error(actual, refusal.apply(wait));
        return;
      }
      GuardedSubscriber<T> subscriber = new GuardedSubscriber<>(actual, breaker, begun, now, judge);
      actual.onSubscribe(subscriber);
      call.subscribe(subscriber);
    }
  }

  private static final class GuardedSubscriber<T> extends CallSubscriber<T> {

    private final CircuitBreaker breaker;
    private final State begun;
    private final long startNanos;
    private final Judge<? super T> judge;

    GuardedSubscriber(
        CoreSubscriber<? super T> actual,
        CircuitBreaker breaker,
        State begun,
        long startNanos,
        Judge<? super T> judge) {
      super(actual);
      this.breaker = breaker;
      this.begun = begun;
      this.startNanos = startNanos;
      this.judge = judge;
    }

    private void record(Verdict verdict, long nowNanos) {
      begun.record(verdict, nowNanos - startNanos, nowNanos);
    }

    @Override
    public void onNext(T value) {
      if (end()) {
        record(judge.value(value), breaker.now());
        actual.onNext(value);
        actual.onComplete();
      } else {
        discard(value);
      }
    }

    @Override
    public void onError(Throwable error) {
      if (end()) {
        long now = breaker.now();
        record(judge.error(error, now - startNanos), now);
        actual.onError(error);
      } else {
        drop(error);
      }
    }

    @Override
    public void onComplete() {
      if (end()) {
        record(Verdict.IGNORED, breaker.now());
        actual.onComplete();
      }
    }

    @Override
    public void cancel() {
      if (end()) {
        long now = breaker.now();
        record(judge.cancelled(now - startNanos), now);
        cancelUpstream();
      }
    }
  }
}
