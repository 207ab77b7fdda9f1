package dev.weir.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.resilience.ConcurrencyLimit.Policy;
import dev.weir.testing.Vigilance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * up.1: a million calls from four threads that answer, fail, are left while they wait and while
 * they run; never more than the limit at a time, and not one permit lost.
 */
final class ConcurrencyLimitStressTest {

  private static final int THREADS = 4;
  private static final int CALLS_PER_THREAD = 250_000;
  private static final int MAX = 3;

  private final Scheduler clock = Schedulers.newParallel("clock", 2);
  private final ConcurrencyLimit limit =
      new ConcurrencyLimit(new Policy(MAX, 64, Duration.ofMillis(1)), clock);
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger mostRunning = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicInteger begun = new AtomicInteger();

  @Test
  void neverRunsMoreThanItsLimitAndLosesNoPermit() throws InterruptedException {
    // Who leaves at the moment at which its time is up is not there to hear of it.
    Vigilance.expect("dropped an error.*(QUEUE_TIMEOUT|fails)");
    Vigilance.expect("dropped a value: [02]");
    CountDownLatch threads = new CountDownLatch(THREADS);
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom random = new SplittableRandom(i);
      new Thread(
              () -> {
                work(random);
                threads.countDown();
              })
          .start();
    }
    assertThat(threads.await(100, TimeUnit.SECONDS)).isTrue();

    awaitQuiet();
    assertThat(mostRunning.get()).isEqualTo(MAX);
    assertThat(running).hasValue(0);
    assertThat(limit.inUse()).isZero();
    assertThat(limit.waiting()).isZero();
    assertThat(ended).hasValue(begun.get());
    clock.dispose();
  }

  private void work(SplittableRandom random) {
    List<Disposable> open = new ArrayList<>();
    for (int i = 0; i < CALLS_PER_THREAD; i++) {
      open.add(call(random.nextInt(4)));
      if (random.nextInt(3) == 0 || open.size() > 8) {
        open.remove(random.nextInt(open.size())).dispose();
      }
    }
    open.forEach(Disposable::dispose);
  }

  private Disposable call(int kind) {
    begun.incrementAndGet();
    Run run = new Run();
    return limit
        .limit(
            () -> answer(kind, run),
            (value, permit) -> {
              run.ends();
              permit.release();
              permit.release();
              return value;
            },
            () -> {},
            refusal -> new IllegalStateException(refusal.name()))
        .doOnDiscard(Integer.class, value -> run.ends())
        .doFinally(signal -> ended.incrementAndGet())
        .subscribe(value -> {}, error -> {});
  }

  private Mono<Integer> answer(int kind, Run run) {
    Mono<Integer> answer =
        switch (kind) {
          case 0 -> Mono.just(kind);
          case 1 -> Mono.<Integer>error(() -> new IllegalStateException("fails"));
          case 2 -> Mono.just(kind).publishOn(clock);
          default -> Mono.never();
        };
    return answer
        .doOnSubscribe(subscription -> run.begins())
        .doOnError(error -> run.ends())
        .doOnCancel(run::ends);
  }

  /**
   * One call at its work. A value that comes as the call is cancelled ends it a second time; the
   * lock makes sure that it is counted out before either side gives the permit back.
   */
  private final class Run {

    private boolean isRunning;

    synchronized void begins() {
      isRunning = true;
      mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
    }

    synchronized void ends() {
      if (isRunning) {
        isRunning = false;
        running.decrementAndGet();
      }
    }
  }

  private void awaitQuiet() throws InterruptedException {
    for (int i = 0; i < 500 && (limit.inUse() > 0 || ended.get() < begun.get()); i++) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }
}
