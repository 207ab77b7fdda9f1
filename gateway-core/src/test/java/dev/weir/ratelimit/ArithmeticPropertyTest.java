package dev.weir.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** P7, N3: the numbers, against what the words say. */
class ArithmeticPropertyTest {

  private static final long HOUR_MICROS = 3_600_000_000L;

  /**
   * Somebody asks.
   *
   * @param pauseMicros since the one before
   */
  record Ask(long pauseMicros, long cost) {}

  @Provide
  Arbitrary<RateLimit> buckets() {
    return Combinators.combine(
            Arbitraries.longs().between(1, 10_007),
            Arbitraries.of(1L, 7L, 10L, 1_000L, 60_000L, 86_400_000L),
            Arbitraries.longs().between(1, 500))
        .as((rate, per, burst) -> Limits.gcra("bucket", rate, per, burst));
  }

  @Provide
  Arbitrary<RateLimit> windows() {
    return Combinators.combine(
            Arbitraries.longs().between(1, 1_000), Arbitraries.of(1L, 7L, 10L, 1_000L, 60_000L))
        .as((rate, per) -> Limits.window("window", rate, per));
  }

  @Provide
  Arbitrary<List<Ask>> histories() {
    Arbitrary<Long> pauses =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(4, Arbitraries.longs().between(0, 2_000)),
            net.jqwik.api.Tuple.of(3, Arbitraries.longs().between(0, 1_500_000)),
            net.jqwik.api.Tuple.of(1, Arbitraries.longs().between(0, HOUR_MICROS)));
    return Combinators.combine(pauses, Arbitraries.longs().between(1, 5))
        .as(Ask::new)
        .list()
        .ofMaxSize(200);
  }

  private record Admission(long atMicros, long cost) {}

  private static List<Admission> admissions(RateLimit limit, List<Ask> history) {
    Arithmetic arithmetic = limit.arithmetic();
    Level level = Level.UNUSED;
    List<Admission> admissions = new ArrayList<>();
    long now = 1_700_000_000_000_000L;
    for (Ask ask : history) {
      now += ask.pauseMicros();
      level = arithmetic.advance(level, now);
      if (arithmetic.admits(level, now, ask.cost())) {
        level = arithmetic.take(level, ask.cost());
        admissions.add(new Admission(now, ask.cost()));
      }
    }
    return admissions;
  }

  /**
   * From any admission to any later one: a burst, and what came back meanwhile; not a part more.
   */
  @Property
  void bucketNeverGivesMoreThanABurstAndItsRate(
      @ForAll("buckets") RateLimit limit, @ForAll("histories") List<Ask> history) {
    List<Admission> admissions = admissions(limit, history);
    long rate = limit.policy().rate();
    long periodMicros = limit.policy().periodMillis() * 1000;

    for (int from = 0; from < admissions.size(); from++) {
      long sum = 0;
      for (int to = from; to < admissions.size(); to++) {
        sum += admissions.get(to).cost();
        long elapsed = admissions.get(to).atMicros() - admissions.get(from).atMicros();
        assertThat((double) (sum - limit.policy().burst()) * periodMicros)
            .isLessThanOrEqualTo((double) elapsed * rate);
      }
    }
  }

  /** Who asks for one token at a time, always, gets all that the rate gives. */
  @Property(tries = 200)
  void bucketLosesNoPartOfAToken(
      @ForAll("buckets") RateLimit limit, @ForAll("histories") List<Ask> pauses) {
    Arithmetic arithmetic = limit.arithmetic();
    long start = 1_700_000_000_000_000L;
    long now = start;
    Level level = new Level(now, 0, 0);
    long taken = 0;
    for (Ask ask : pauses) {
      while (arithmetic.admits(level, now, 1)) {
        level = arithmetic.take(level, 1);
        taken++;
      }
      now += ask.pauseMicros() % 2_000;
      level = arithmetic.advance(level, now);
    }
    long earned =
        (long)
            Math.floor(
                (double) (now - start)
                    * limit.policy().rate()
                    / (limit.policy().periodMillis() * 1000));
    long possible = limit.policy().burst() + earned;
    assertThat(taken + arithmetic.remaining(level, now))
        .isBetween(Math.min(possible, limit.policy().burst()), possible);
  }

  /** Against a window that is recounted each time from all that was admitted. */
  @Property
  void windowCountsWhatItSays(
      @ForAll("windows") RateLimit limit, @ForAll("histories") List<Ask> history) {
    long periodMillis = limit.policy().periodMillis();
    long periodMicros = periodMillis * 1000;
    Deque<Admission> admitted = new ArrayDeque<>();
    Level level = Level.UNUSED;
    Arithmetic arithmetic = limit.arithmetic();
    long now = 1_700_000_000_000_000L;
    for (Ask ask : history) {
      now += ask.pauseMicros();
      long start = now / periodMicros * periodMicros;
      long used = 0;
      long before = 0;
      for (Admission admission : admitted) {
        used += admission.atMicros() >= start ? admission.cost() : 0;
        before +=
            admission.atMicros() < start && admission.atMicros() >= start - periodMicros
                ? admission.cost()
                : 0;
      }
      long elapsed = (now - start) / 1000;
      boolean isAllowed =
          before * (periodMillis - elapsed) + (used + ask.cost()) * periodMillis
              <= limit.policy().rate() * periodMillis;

      level = arithmetic.advance(level, now);
      assertThat(arithmetic.admits(level, now, ask.cost())).isEqualTo(isAllowed);
      if (isAllowed) {
        level = arithmetic.take(level, ask.cost());
        admitted.add(new Admission(now, ask.cost()));
      }
    }
  }

  @Property
  void bucketSaysExactlyHowLongToWait(
      @ForAll("buckets") RateLimit limit, @ForAll("histories") List<Ask> history) {
    saysHowLongToWait(limit, history, 1);
  }

  /** To the millisecond in which its estimate moves. */
  @Property
  void windowSaysExactlyHowLongToWait(
      @ForAll("windows") RateLimit limit, @ForAll("histories") List<Ask> history) {
    saysHowLongToWait(limit, history, 1_000);
  }

  private static void saysHowLongToWait(RateLimit limit, List<Ask> history, long grain) {
    Arithmetic arithmetic = limit.arithmetic();
    Level level = Level.UNUSED;
    long now = 1_700_000_000_000_000L;
    for (Ask ask : history) {
      now += ask.pauseMicros();
      level = arithmetic.advance(level, now);
      long cost = Math.min(ask.cost(), limit.quota());
      long wait = arithmetic.waitMicros(level, now, cost);
      assertThat(arithmetic.admits(level, now, cost)).isEqualTo(wait == 0);
      assertThat(admitsLater(arithmetic, level, now + wait, cost)).isTrue();
      if (wait >= grain) {
        assertThat(admitsLater(arithmetic, level, now + wait - grain, cost)).isFalse();
      }
      if (wait == 0) {
        level = arithmetic.take(level, cost);
      }
      long unused = arithmetic.untilUnusedMicros(level, now);
      assertThat(unusedAt(arithmetic, level, now + unused)).isTrue();
      assertThat(unused == 0 || !unusedAt(arithmetic, level, now + unused - 1)).isTrue();
    }
  }

  private static boolean admitsLater(Arithmetic arithmetic, Level level, long then, long cost) {
    return arithmetic.admits(arithmetic.advance(level, then), then, cost);
  }

  private static boolean unusedAt(Arithmetic arithmetic, Level level, long then) {
    Level advanced = arithmetic.advance(level, then);
    return advanced.used() == 0 && advanced.before() == 0;
  }

  /** What is given back, whenever, leaves no trace. */
  @Property
  void toTakeAndGiveBackIsToDoNothing(
      @ForAll("buckets") RateLimit bucket,
      @ForAll("windows") RateLimit window,
      @ForAll("histories") List<Ask> history) {
    for (RateLimit limit : List.of(bucket, window)) {
      Arithmetic arithmetic = limit.arithmetic();
      Level with = Level.UNUSED;
      Level without = Level.UNUSED;
      Level taken = null;
      long now = 1_700_000_000_000_000L;
      for (Ask ask : history) {
        now += ask.pauseMicros();
        with = arithmetic.advance(with, now);
        without = arithmetic.advance(without, now);
        if (taken != null) {
          with = arithmetic.giveBack(with, taken, 1);
          taken = null;
          assertThat(with).isEqualTo(without);
        } else if (arithmetic.admits(with, now, ask.cost() + 1)) {
          with = arithmetic.take(arithmetic.take(with, ask.cost()), 1);
          taken = with;
          without = arithmetic.take(without, ask.cost());
        }
      }
    }
  }

  /** N3: a clock that is set back by an hour costs at most a burst; jitter costs nothing. */
  @Property(tries = 200)
  void aClockThatIsSetBackFillsNothing(
      @ForAll("buckets") RateLimit bucket, @ForAll("windows") RateLimit window) {
    for (RateLimit limit : List.of(bucket, window)) {
      Arithmetic arithmetic = limit.arithmetic();
      long now = 1_700_000_000_000_000L;
      Level full = arithmetic.take(arithmetic.advance(Level.UNUSED, now), limit.quota());

      for (long back : new long[] {1, 1_000, 999_999, 1_000_001, HOUR_MICROS}) {
        Level after = arithmetic.advance(full, now - back);
        assertThat(arithmetic.admits(after, now - back, 1)).isFalse();
        long wait = arithmetic.waitMicros(after, now - back, 1);
        long longest = arithmetic.windowMillis() * 2000 + Arithmetic.CLOCK_SLACK_MICROS;
        assertThat(wait).isBetween(1L, longest);
      }
    }
  }
}
