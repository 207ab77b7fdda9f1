package dev.weir.resilience;

import dev.weir.resilience.ConcurrencyLimit.Policy;
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

/** What it costs to take a free permit for a call and give it back with its answer. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ConcurrencyLimitBenchmark {

  private final ConcurrencyLimit limit =
      new ConcurrencyLimit(new Policy(100, 100, Duration.ofSeconds(1)), Schedulers.immediate());
  private final Mono<String> call = Mono.just("answer");

  private @Nullable String run() {
    return Call.run(
        limit.limit(
            () -> call,
            (answer, permit) -> {
              permit.release();
              return answer;
            },
            () -> {},
            refusal -> new IllegalStateException()));
  }

  @Benchmark
  public @Nullable String alone() {
    return run();
  }

  @Benchmark
  @Threads(2)
  public @Nullable String byTwoThreads() {
    return run();
  }
}
