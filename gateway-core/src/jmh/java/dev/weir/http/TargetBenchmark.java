package dev.weir.http;

import dev.weir.http.Target.Ambiguous;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it costs to make a target canonical. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TargetBenchmark {

  private final String plain = "/v1/orders/4711/items/42?page=2&size=50";
  private final String encoded = "/v1/caf%c3%a9/%7euser/a%20b/items/42?name=J%C3%BCrgen&x[0]=1";
  private final String dots = "/v1/./orders//4711/../4712/items/42?page=2&size=50";

  @Benchmark
  public Target plain() {
    return Target.parse(plain, Ambiguous.REFUSE);
  }

  @Benchmark
  public Target encoded() {
    return Target.parse(encoded, Ambiguous.REFUSE);
  }

  @Benchmark
  public Target dotSegments() {
    return Target.parse(dots, Ambiguous.REFUSE);
  }
}
