package dev.weir.resilience;

import dev.weir.resilience.CircuitBreaker.Judge;
import dev.weir.resilience.CircuitBreaker.Policy;
import dev.weir.resilience.CircuitBreaker.Verdict;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What a closed breaker adds to a call that succeeds at once. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CircuitBreakerBenchmark {

  private static final Judge<String> JUDGE =
      new Judge<>() {
        @Override
        public Verdict value(String value) {
          return Verdict.SUCCESS;
        }

        @Override
        public Verdict error(Throwable error, long elapsedNanos) {
          return Verdict.FAILURE;
        }

        @Override
        public Verdict cancelled(long elapsedNanos) {
          return Verdict.IGNORED;
        }
      };

  private final CircuitBreaker breaker =
      new CircuitBreaker(
          new Policy(
              50,
              50,
              Duration.ofSeconds(1),
              20,
              Duration.ofSeconds(10),
              Duration.ofSeconds(1),
              Duration.ofMinutes(1),
              3),
          Schedulers.immediate(),
          (from, to, why) -> {});
  private final Mono<String> call = Mono.just("answer");

  @Benchmark
  public @Nullable String bare() {
    return Call.run(call);
  }

  @Benchmark
  public @Nullable String closed() {
    return Call.run(breaker.guard(call, JUDGE, wait -> new IllegalStateException()));
  }

  @Benchmark
  @Threads(2)
  public @Nullable String closedByTwoThreads() {
    return Call.run(breaker.guard(call, JUDGE, wait -> new IllegalStateException()));
  }
}
