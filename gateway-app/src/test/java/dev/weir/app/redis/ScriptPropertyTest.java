package dev.weir.app.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ratelimit.Charge;
import dev.weir.ratelimit.Decision;
import dev.weir.ratelimit.InProcessLimiter;
import dev.weir.ratelimit.RateLimit;
import dev.weir.ratelimit.RateLimit.Algorithm;
import dev.weir.ratelimit.RateLimit.Mode;
import dev.weir.ratelimit.RateLimit.OnFailure;
import dev.weir.ratelimit.Verdict;
import dev.weir.telemetry.Telemetry;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * P7: the script and the limiter in this process say the very same of the same history. The script
 * is the one that is delivered, but for its one line that asks Redis what time it is.
 */
class ScriptPropertyTest {

  private static final String TIME = "redis.call('TIME')";
  private static final String TEXT =
      LimitScript.TEXT.replace(TIME, "{ARGV[#ARGV - 1], ARGV[#ARGV]}");
  private static final BucketKeys KEYS = new BucketKeys("test", Map.of());

  private static RedisServer redis;
  private static String sha;

  @BeforeContainer
  static void start() {
    assertThat(LimitScript.TEXT).containsOnlyOnce(TIME);
    redis = RedisServer.start();
    // Numbers of charges are those of the arguments, so the time at their end must not be counted.
    sha =
        (String)
            redis.command("SCRIPT", "LOAD", TEXT.replace("#ARGV / PARTS", "(#ARGV - 2) / PARTS"));
  }

  @AfterContainer
  static void stop() {
    redis.close();
  }

  /**
   * Somebody asks several limits at once.
   *
   * @param pauseMicros since the one before
   */
  record Ask(long pauseMicros, List<Integer> limits, int key, int cost) {}

  @Provide
  Arbitrary<List<RateLimit>> limits() {
    Arbitrary<RateLimit> one =
        Combinators.combine(
                Arbitraries.of(Algorithm.class),
                Arbitraries.longs().between(1, 1_009),
                Arbitraries.of(1L, 10L, 77L, 1_000L, 60_000L, 86_400_000L),
                Arbitraries.longs().between(1, 100),
                Arbitraries.of(true, false, false, false))
            .as(
                (algorithm, rate, per, burst, isShadow) ->
                    new RateLimit(
                        new RateLimit.Policy(
                            "limit",
                            algorithm,
                            rate,
                            per,
                            algorithm == Algorithm.GCRA ? burst : rate,
                            isShadow,
                            Mode.IN_PROCESS,
                            OnFailure.CLOSED,
                            1,
                            100_000)));
    return one.list().ofSize(3);
  }

  @Provide
  Arbitrary<List<Ask>> histories() {
    Arbitrary<Long> pauses =
        Arbitraries.frequencyOf(
            Tuple.of(20, Arbitraries.longs().between(0, 3_000)),
            Tuple.of(10, Arbitraries.longs().between(0, 2_000_000)),
            Tuple.of(1, Arbitraries.longs().between(0, 90_000_000_000L)));
    return Combinators.combine(
            pauses,
            Arbitraries.integers().between(0, 2).list().ofMinSize(1).ofMaxSize(3),
            Arbitraries.integers().between(0, 1),
            Arbitraries.frequency(Tuple.of(3, 1), Tuple.of(1, 2), Tuple.of(1, 50)))
        .as(Ask::new)
        .list()
        .ofMinSize(5)
        .ofMaxSize(60);
  }

  @Property(tries = 60)
  void sayTheSame(
      @ForAll("limits") List<RateLimit> limits, @ForAll("histories") List<Ask> history) {
    compare(limits, history);
  }

  /**
   * N3: a clock that jumps back, which that of this process never does; of one key, as a bucket
   * that is done is dropped here when others come.
   */
  @Property(tries = 40)
  void sayTheSameWhenTheClockIsSetBack(
      @ForAll("limits") List<RateLimit> limits, @ForAll("jumps") List<Ask> history) {
    compare(limits, history);
  }

  @Provide
  Arbitrary<List<Ask>> jumps() {
    return Arbitraries.frequencyOf(
            Tuple.of(8, Arbitraries.longs().between(0, 500_000)),
            Tuple.of(2, Arbitraries.longs().between(-1_000, 0)),
            Tuple.of(1, Arbitraries.longs().between(-3_600_000_000L, 3_600_000_000L)))
        .map(pause -> new Ask(pause, List.of(0), 0, 1))
        .list()
        .ofMaxSize(60);
  }

  private static void compare(List<RateLimit> limits, List<Ask> history) {
    redis.command("FLUSHALL");
    Micros clock = new Micros();
    InProcessLimiter inProcess = new InProcessLimiter(clock, Telemetry.silent());
    for (Ask ask : history) {
      clock.now += ask.pauseMicros();
      List<Charge> charges = new ArrayList<>();
      for (int index : new LinkedHashSet<>(ask.limits())) {
        RateLimit limit = limits.get(index);
        charges.add(
            new Charge(limit, index + "-" + ask.key(), Math.min(ask.cost(), limit.quota())));
      }

      List<Verdict> byScript = byScript(charges, clock.now);
      Decision decision = inProcess.decideNow(charges).decision();

      assertThat(decision.verdicts()).as("%s at %s", charges, clock.now).isEqualTo(byScript);
    }
  }

  private static List<Verdict> byScript(List<Charge> charges, long now) {
    List<String> words = new ArrayList<>(List.of("EVALSHA", sha, "" + charges.size()));
    words.addAll(List.of(KEYS.of(charges)));
    words.addAll(List.of(LimitScript.arguments(charges)));
    words.add("" + now / 1_000_000);
    words.add("" + now % 1_000_000);
    List<?> texts = (List<?>) redis.command(words.toArray(String[]::new));
    List<Object> numbers = texts.stream().<Object>map(text -> Long.valueOf((String) text)).toList();
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < charges.size(); i++) {
      verdicts.add(LimitScript.verdict(charges.get(i), numbers, i));
    }
    return verdicts;
  }

  /** A clock that shows a number. */
  private static final class Micros implements Scheduler {

    private long now = 1_800_000_000_000_000L;

    @Override
    public long now(TimeUnit unit) {
      return unit.convert(now, TimeUnit.MICROSECONDS);
    }

    @Override
    public Disposable schedule(Runnable task) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Worker createWorker() {
      throw new UnsupportedOperationException();
    }
  }
}
