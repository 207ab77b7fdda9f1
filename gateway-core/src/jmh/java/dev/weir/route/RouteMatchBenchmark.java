package dev.weir.route;

import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.testing.Requests;
import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import reactor.core.publisher.Mono;

/** What it costs to find a request's route, by the number of routes that there are. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RouteMatchBenchmark {

  private static final int ASKED = 1024;

  /** All kinds together; a quarter of them each. */
  @Param({"10", "10000"})
  int routes;

  /**
   * So many different paths are asked for: few stay in the processor's cache, many do not, which
   * tells the cost of a look-up from that of memory.
   */
  @Param({"2", "1000"})
  int paths;

  private RouteTable table;
  private Request[] exact;
  private Request[] template;
  private Request[] prefix;
  private Request[] host;
  private Request[] unknown;
  private int next;

  @Setup
  public void setup() {
    int each = Math.max(1, routes / 4);
    List<Route> all = new ArrayList<>();
    for (int i = 0; i < each; i++) {
      all.add(route(List.of(), "/v1/exact/" + i));
      all.add(route(List.of(), "/v1/orders-" + i + "/{id}/items/{item}"));
      all.add(route(List.of(), "/static/" + i + "/*"));
      all.add(route(List.of("h" + i + ".example", "*.d" + i + ".example"), "/api/{id}"));
    }
    table = new RouteTable(all);
    exact = new Request[ASKED];
    template = new Request[ASKED];
    prefix = new Request[ASKED];
    host = new Request[ASKED];
    unknown = new Request[ASKED];
    for (int i = 0; i < ASKED; i++) {
      int n = i % paths * 7919 % each;
      exact[i] = Requests.get("/v1/exact/" + n);
      template[i] = Requests.get("/v1/orders-" + n + "/4711/items/42");
      prefix[i] = Requests.get("/static/" + n + "/css/main.css");
      host[i] = Requests.request(HttpMethod.GET, "a.d" + n + ".example", "/api/4711");
      unknown[i] = Requests.get("/v1/orders-" + n + "/4711/other");
    }
  }

  private static Route route(List<String> hosts, String path) {
    RouteMatch match =
        new RouteMatch(hosts, PathPattern.parse(path), Set.of(HttpMethod.GET), Map.of(), Map.of());
    return new Route(path, match, request -> Mono.just(Response.of(200)));
  }

  private @Nullable Route match(Request[] asked) {
    next = next + 1 & ASKED - 1;
    return table.match(asked[next]);
  }

  @Benchmark
  public @Nullable Route exact() {
    return match(exact);
  }

  @Benchmark
  public @Nullable Route template() {
    return match(template);
  }

  @Benchmark
  public @Nullable Route prefix() {
    return match(prefix);
  }

  @Benchmark
  public @Nullable Route hostSuffix() {
    return match(host);
  }

  @Benchmark
  public @Nullable Route none() {
    return match(unknown);
  }
}
