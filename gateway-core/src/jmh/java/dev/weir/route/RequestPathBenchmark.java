package dev.weir.route;

import dev.weir.filter.RetryFilter;
import dev.weir.http.Authority;
import dev.weir.http.Body;
import dev.weir.http.Client;
import dev.weir.http.Ending;
import dev.weir.http.Failure;
import dev.weir.http.Fields;
import dev.weir.http.ForwardingFields;
import dev.weir.http.Handler;
import dev.weir.http.HeaderEdits;
import dev.weir.http.Identity;
import dev.weir.http.IpAddress;
import dev.weir.http.Progress;
import dev.weir.http.ReplayMemory;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.http.Target;
import dev.weir.http.Timeouts;
import dev.weir.loop.EventLoops;
import dev.weir.loop.Moment;
import dev.weir.ratelimit.InProcessLimiter;
import dev.weir.ratelimit.LimitFields;
import dev.weir.resilience.Backoff;
import dev.weir.resilience.CircuitBreaker;
import dev.weir.resilience.ConcurrencyLimit;
import dev.weir.resilience.RetryBudget;
import dev.weir.telemetry.Telemetry;
import dev.weir.upstream.Connector;
import dev.weir.upstream.Endpoint;
import dev.weir.upstream.Upstream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import reactor.core.publisher.Mono;

/** What the steps of a path take, on an event loop, where the upstream answers at once. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RequestPathBenchmark {

  private static final int REQUESTS = 1000;
  private static final Authority HOST = Authority.parse("127.0.0.1:8080");
  private static final Client CLIENT =
      new Client(
          IpAddress.ofNumber(0x7F000001),
          IpAddress.ofNumber(0x7F000001),
          "http",
          HOST,
          false,
          HttpVersion.HTTP_1_1);
  private static final ByteBuf CONTENT =
      Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeZero(1024));

  /** Whether there are retries and a circuit breaker. */
  @Param({"false", "true"})
  boolean whole;

  private final EventLoops loops = new EventLoops("benchmark", 1, true);
  private Handler path = request -> Mono.error(Failure.NO_ROUTE.exception());

  @Setup
  public void assemble() {
    Telemetry telemetry = Telemetry.silent();
    RequestPath steps =
        new RequestPath(
            new Surroundings(
                loops.clock(),
                InstantSource.system(),
                bound -> ThreadLocalRandom.current().nextLong(bound),
                telemetry,
                new ReplayMemory(1 << 20),
                new InProcessLimiter(loops.clock(), telemetry),
                LimitFields.Style.NONE));
    RoutePolicy policy = policy();
    Handler route = steps.onRoute(policy, steps.toUpstream(policy, upstream()));
    RouteMatch match =
        new RouteMatch(List.of(), PathPattern.parse("/*"), Set.of(), Map.of(), Map.of());
    path = steps.everyRequest(limit(), new RouteTable(List.of(new Route("all", match, route))));
  }

  @TearDown
  public void close() {
    loops.close().block(Duration.ofSeconds(10));
  }

  private ConcurrencyLimit limit() {
    return new ConcurrencyLimit(
        new ConcurrencyLimit.Policy(1000, 1000, Duration.ofSeconds(1)), loops.clock());
  }

  private RoutePolicy policy() {
    return new RoutePolicy(
        "all",
        new Timeouts(
            Duration.ofSeconds(15),
            Duration.ofSeconds(10),
            Duration.ofMinutes(1),
            Duration.ofHours(1)),
        List.of(),
        1 << 20,
        null,
        null,
        whole
            ? new RetryFilter.Policy(
                2,
                new Backoff(Duration.ofMillis(25), Duration.ofMillis(250)),
                Set.of(502, 503, 504),
                64 << 10)
            : null,
        null,
        ForwardingFields.BOTH,
        HeaderEdits.NONE,
        HeaderEdits.NONE);
  }

  private Upstream upstream() {
    return new Upstream(
        "origin",
        List.of(new Endpoint("http", new Authority("127.0.0.1", 80))),
        new Immediate(),
        limit(),
        new RetryBudget(20, 3, loops.clock()),
        whole ? breaker() : null,
        new Upstream.HostField.Preserved());
  }

  private CircuitBreaker breaker() {
    return new CircuitBreaker(
        new CircuitBreaker.Policy(
            50,
            80,
            Duration.ofSeconds(5),
            20,
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofMinutes(1),
            3),
        loops.clock(),
        (from, to, why) -> {});
  }

  @Benchmark
  @OperationsPerInvocation(REQUESTS)
  public Object requests() throws InterruptedException {
    return loops.all().get(0).submit(this::askOften).sync();
  }

  private void askOften() {
    for (int i = 0; i < REQUESTS; i++) {
      Moment moment = Moment.begin();
      path.handle(request()).subscribe(response -> response.end(Ending.COMPLETE));
      moment.end();
    }
  }

  private Request request() {
    HttpHeaders headers = Fields.create();
    headers.add(HttpHeaderNames.HOST, "127.0.0.1:8080");
    return new Request(
        Identity.of(headers),
        HttpMethod.GET,
        HOST,
        Target.of("/orders"),
        headers,
        Body.empty(),
        CLIENT,
        new Progress(loops.clock().now(TimeUnit.NANOSECONDS)));
  }

  /** 200, and a KiB. */
  private static final class Immediate implements Connector {

    @Override
    public Handler to(Endpoint endpoint) {
      return request -> Mono.fromSupplier(this::answer);
    }

    private Response answer() {
      HttpHeaders headers = Fields.create();
      headers.add(HttpHeaderNames.CONTENT_TYPE, "application/octet-stream");
      headers.add(HttpHeaderNames.CONTENT_LENGTH, "1024");
      return Response.of(200, headers, Body.held(CONTENT));
    }

    @Override
    public Mono<Void> close() {
      return Mono.empty();
    }

    @Override
    public Connections connections() {
      return new Connections(0, 0, 0, 0);
    }
  }
}
