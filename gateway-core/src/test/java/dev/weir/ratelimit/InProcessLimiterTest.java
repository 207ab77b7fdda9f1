package dev.weir.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.telemetry.Event;
import dev.weir.telemetry.LimitResult;
import dev.weir.telemetry.Telemetry;
import dev.weir.testing.TestClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Scheduler;

/** rate.4, N2, N4, P7: counting in this process. */
class InProcessLimiterTest {

  private static final int THREADS = 4;

  private final TestClock clock = new TestClock();
  private final AtomicInteger overflows = new AtomicInteger();
  private final InProcessLimiter limiter = new InProcessLimiter(clock, telemetry());

  private Telemetry telemetry() {
    return new Telemetry() {
      @Override
      public void requestEnded(dev.weir.http.Outcome outcome) {}

      @Override
      public void attemptEnded(
          String upstream, int status, dev.weir.http.Failure failure, long nanos) {}

      @Override
      public void breakerChanged(String upstream, String from, String to, String why) {}

      @Override
      public void rateLimitAsked(String limit, LimitResult result) {}

      @Override
      public void webSocketClosed(String route, dev.weir.http.Party by, String how) {}

      @Override
      public void webSocketViolated(String route, dev.weir.http.Party by, String rule) {}

      @Override
      public void count(Event event, String name) {
        if (event == Event.RATE_LIMIT_KEYS_FULL) {
          overflows.incrementAndGet();
        }
      }
    };
  }

  private Decision decide(Charge... charges) {
    return limiter.decide(List.of(charges)).block();
  }

  private boolean admits(RateLimit limit, String key) {
    return decide(new Charge(limit, key, 1)).isAdmitted();
  }

  @Test
  void givesABurstAndThenTheRate() {
    RateLimit limit = Limits.gcra("ten", 10, 1_000, 3);

    assertThat(admits(limit, "a")).isTrue();
    assertThat(admits(limit, "a")).isTrue();
    assertThat(admits(limit, "a")).isTrue();
    Decision refused = decide(new Charge(limit, "a", 1));
    assertThat(refused.isAdmitted()).isFalse();
    assertThat(refused.verdicts().get(0).waitMicros()).isEqualTo(100_000);
    assertThat(admits(limit, "b")).as("another key").isTrue();
    clock.advanceMillis(99);
    assertThat(admits(limit, "a")).isFalse();
    clock.advanceMillis(1);
    assertThat(admits(limit, "a")).isTrue();
    assertThat(admits(limit, "a")).isFalse();
  }

  @Test
  void isCold() {
    RateLimit limit = Limits.gcra("one", 1, 1_000, 1);
    var twice = limiter.decide(List.of(new Charge(limit, "a", 1)));

    assertThat(limiter.keys(limit)).isZero();
    assertThat(twice.block().isAdmitted()).isTrue();
    assertThat(twice.block().isAdmitted()).isFalse();
  }

  @Test
  void chargesAllLimitsOrNone() {
    RateLimit many = Limits.gcra("many", 100, 1_000, 100);
    RateLimit few = Limits.window("few", 2, 1_000);

    for (int i = 0; i < 5; i++) {
      Decision decision = decide(new Charge(many, "a", 10), new Charge(few, "a", 1));
      assertThat(decision.isAdmitted()).isEqualTo(i < 2);
      assertThat(decision.verdicts().get(0).remaining()).isEqualTo(i < 1 ? 90 : 80);
      assertThat(decision.verdicts().get(0).isAdmitted()).isTrue();
      assertThat(decision.verdicts().get(1).isAdmitted()).isEqualTo(i < 2);
    }
  }

  @Test
  void chargesAShadowThatNeverRefuses() {
    RateLimit shadow = Limits.shadow("shadow", 1, 1_000);
    RateLimit real = Limits.gcra("real", 2, 1_000, 2);

    Decision first = decide(new Charge(shadow, "a", 1), new Charge(real, "a", 1));
    assertThat(first.verdicts()).allMatch(Verdict::isAdmitted);
    Decision second = decide(new Charge(shadow, "a", 1), new Charge(real, "a", 1));
    assertThat(second.isAdmitted()).isTrue();
    assertThat(second.verdicts().get(0).isAdmitted()).isFalse();
    assertThat(second.verdicts().get(0).isRefusal()).isFalse();
    assertThat(decide(new Charge(shadow, "a", 1), new Charge(real, "a", 1)).isAdmitted()).isFalse();
  }

  @Test
  void undoesADecision() {
    RateLimit limit = Limits.gcra("one", 1, 1_000, 1);
    InProcessLimiter.Settled settled = limiter.decideNow(List.of(new Charge(limit, "a", 1)));

    limiter.giveBack(settled);

    assertThat(admits(limit, "a")).isTrue();
  }

  /** N2: a million keys that all live, and a million that are used up at once. */
  @Test
  void keepsNoMoreKeysThanItsBound() {
    RateLimit live = Limits.withKeys(10_000, 1, 86_400_000);
    RateLimit shortLived = Limits.withKeys(10_000, 1_000, 1_000);
    for (int i = 0; i < 1_000_000; i++) {
      admits(live, "k" + i);
      admits(shortLived, "k" + i);
      if (i % 100 == 0) {
        clock.advanceMillis(1);
      }
    }

    assertThat(limiter.keys(live)).isEqualTo(10_000);
    assertThat(limiter.keys(shortLived)).isLessThan(1_000);
    assertThat(overflows.get()).isEqualTo(990_000);
  }

  @Test
  void letsKeysWithoutAPlaceShareOneBucket() {
    RateLimit limit = Limits.withKeys(3, 2, 60_000);
    for (String key : List.of("a", "b", "c")) {
      assertThat(admits(limit, key)).isTrue();
    }

    assertThat(admits(limit, "d")).isTrue();
    assertThat(admits(limit, "e")).isTrue();
    assertThat(admits(limit, "f")).as("nobody gets more by coming new").isFalse();
    assertThat(admits(limit, "a")).as("who has a place keeps it").isTrue();
    assertThat(admits(limit, "a")).isFalse();

    clock.advanceMillis(60_000);
    assertThat(admits(limit, "g")).as("places of those who are done").isTrue();
    assertThat(limiter.keys(limit)).isLessThanOrEqualTo(3);
  }

  /** rate.4: a bucket that was used is there until that makes no difference any more. */
  @Test
  void neverDropsALiveBucket() {
    RateLimit limit = Limits.withKeys(100, 1, 10_000);
    assertThat(admits(limit, "first")).isTrue();
    for (int i = 0; i < 9_999; i++) {
      clock.advanceMillis(1);
      admits(limit, "other" + i);
      assertThat(admits(limit, "first")).as("after %s ms", i).isFalse();
    }
    clock.advanceMillis(1);
    assertThat(admits(limit, "first")).isTrue();
  }

  /** N4: as many as there are tokens, whoever asks, from however many threads. */
  @Test
  void admitsExactlyAsManyAsThereAre() throws Exception {
    RateLimit wide = Limits.gcra("wide", 50_000, 3_600_000, 50_000);
    RateLimit narrow = Limits.gcra("narrow", 30_000, 3_600_000, 30_000);
    AtomicLong admitted = new AtomicLong();
    inParallel(
        () -> {
          for (int i = 0; i < 25_000; i++) {
            Decision decision =
                limiter
                    .decideNow(List.of(new Charge(wide, "a", 1), new Charge(narrow, "a", 1)))
                    .decision();
            if (decision.isAdmitted()) {
              admitted.incrementAndGet();
            }
          }
        });

    assertThat(admitted.get()).isLessThanOrEqualTo(30_000);
    // What two that met at the end have kept each other from getting is still there.
    while (admits(narrow, "a")) {
      admitted.incrementAndGet();
      assertThat(admits(wide, "a")).isTrue();
    }
    assertThat(admitted.get()).isEqualTo(30_000);
    Verdict left = decide(new Charge(wide, "a", 1)).verdicts().get(0);
    assertThat(left.remaining()).isEqualTo(50_000 - 30_000 - 1);
  }

  /** Buckets come and go under those who use them. */
  @Test
  void countsRightWhileBucketsAreDropped() throws Exception {
    AtomicLong micros = new AtomicLong();
    InProcessLimiter moving = new InProcessLimiter(new Micros(micros), Telemetry.silent());
    RateLimit limit = Limits.withKeys(64, 1, 1);
    AtomicLong admitted = new AtomicLong();
    long rounds = 100_000;
    inParallel(
        () -> {
          for (int i = 0; i < rounds; i++) {
            micros.incrementAndGet();
            List<Charge> charges = List.of(new Charge(limit, "shared", 1));
            if (moving.decideNow(charges).decision().isAdmitted()) {
              admitted.incrementAndGet();
            }
            moving.decideNow(List.of(new Charge(limit, "k" + i % 200, 1)));
          }
        });

    long elapsedMillis = micros.get() / 1_000;
    assertThat(admitted.get()).isBetween(elapsedMillis / 2, elapsedMillis + 1);
    assertThat(moving.keys(limit)).isBetween(0, 64);
  }

  private static void inParallel(Runnable work) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  start.await();
                  work.run();
                } catch (Exception | AssertionError e) {
                  synchronized (failures) {
                    failures.add(e);
                  }
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
  }

  /** A clock that shows a number. */
  private record Micros(AtomicLong micros) implements Scheduler {

    @Override
    public long now(TimeUnit unit) {
      return unit.convert(micros.get(), TimeUnit.MICROSECONDS);
    }

    @Override
    public reactor.core.Disposable schedule(Runnable task) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Worker createWorker() {
      throw new UnsupportedOperationException();
    }
  }
}
