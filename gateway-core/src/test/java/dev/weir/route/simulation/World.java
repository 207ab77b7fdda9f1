package dev.weir.route.simulation;

import dev.weir.filter.ConcurrencyLimitFilter;
import dev.weir.filter.RetryFilter;
import dev.weir.http.Failure;
import dev.weir.http.Filter;
import dev.weir.http.ForwardingFields;
import dev.weir.http.Handler;
import dev.weir.http.HeaderEdits;
import dev.weir.http.Outcome;
import dev.weir.http.Party;
import dev.weir.http.ReplayMemory;
import dev.weir.http.Timeouts;
import dev.weir.ratelimit.InProcessLimiter;
import dev.weir.ratelimit.LimitFields;
import dev.weir.resilience.Backoff;
import dev.weir.resilience.CircuitBreaker;
import dev.weir.resilience.ConcurrencyLimit;
import dev.weir.resilience.RetryBudget;
import dev.weir.route.PathPattern;
import dev.weir.route.RequestPath;
import dev.weir.route.Route;
import dev.weir.route.RouteMatch;
import dev.weir.route.RoutePolicy;
import dev.weir.route.RouteTable;
import dev.weir.route.Surroundings;
import dev.weir.telemetry.Event;
import dev.weir.telemetry.LimitResult;
import dev.weir.telemetry.Telemetry;
import dev.weir.testing.TestClock;
import dev.weir.upstream.Endpoint;
import dev.weir.upstream.Upstream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/**
 * The whole path of a request in one thread and out of one seed: clients that come, wait, read
 * slowly and leave; endpoints that answer, hang, fail and break off; time that stands still but
 * when told. All chance comes from the seed, so that a failure can be seen again.
 */
final class World {

  private static final int REQUESTS = 80;

  final TestClock clock = new TestClock();
  final SplittableRandom random;
  final List<String> history = new ArrayList<>();
  final List<ByteBuf> buffers = new ArrayList<>();
  final List<SimulatedClient> clients = new ArrayList<>();
  final List<String> outcomes = new ArrayList<>();
  final Gauge gauge = new Gauge();

  /** What somebody has read that was not sent so. */
  final List<String> wrong = new ArrayList<>();

  private final ReplayMemory replayMemory = new ReplayMemory(600);
  private final List<ConcurrencyLimit> limits = new ArrayList<>();
  private final List<Endpoint> endpoints =
      List.of(SimulatedConnector.endpoint(1), SimulatedConnector.endpoint(2));
  private final Handler gateway;

  /**
   * A world that has yet to run.
   *
   * @param suspect makes the limit that is to be tried, of {@link Gauge#MAX} requests at a time
   */
  World(long seed, BiFunction<World, Gauge, Filter> suspect) {
    this.random = new SplittableRandom(seed);
    this.gateway = path(suspect.apply(this, gauge));
  }

  /** How many are inside a limit, as an observer counts who looks at requests alone. */
  static final class Gauge {
    static final int MAX = 8;
    int inside;
    int most;
    int permitsOut;

    void enter() {
      inside++;
      most = Math.max(most, inside);
    }

    void leave() {
      inside--;
    }
  }

  /** The limit as it is. */
  static Filter soundLimit(World world, Gauge gauge) {
    ConcurrencyLimit limit = world.limit(Gauge.MAX, 30, Duration.ofMillis(400));
    return new ConcurrencyLimitFilter("suspect", limit);
  }

  ConcurrencyLimit limit(int max, int queue, Duration wait) {
    ConcurrencyLimit limit =
        new ConcurrencyLimit(new ConcurrencyLimit.Policy(max, queue, wait), clock);
    limits.add(limit);
    return limit;
  }

  private Handler path(Filter suspect) {
    Surroundings with =
        new Surroundings(
            clock,
            InstantSource.fixed(java.time.Instant.EPOCH),
            below -> random.nextLong(below),
            new Recorder(),
            replayMemory,
            new InProcessLimiter(clock, new Recorder()),
            LimitFields.Style.NONE);
    RequestPath path = new RequestPath(with);
    RoutePolicy policy =
        new RoutePolicy(
            "orders",
            new Timeouts(
                Duration.ofSeconds(2),
                Duration.ofMillis(700),
                Duration.ofMillis(500),
                Duration.ofSeconds(20)),
            List.of(),
            2_000,
            null,
            limit(6, 6, Duration.ofMillis(300)),
            new RetryFilter.Policy(
                2,
                new Backoff(Duration.ofMillis(25), Duration.ofMillis(250)),
                Set.of(502, 503, 504),
                300),
            null,
            ForwardingFields.BOTH,
            HeaderEdits.NONE,
            HeaderEdits.NONE);
    Handler route = path.onRoute(policy, path.toUpstream(policy, upstream()));
    RouteMatch match =
        new RouteMatch(List.of(), PathPattern.parse("/orders/*"), Set.of(), Map.of(), Map.of());
    return path.everyRequest(
        limit(70, 0, Duration.ofMillis(300)),
        suspect.before(new RouteTable(List.of(new Route("orders", match, route)))));
  }

  private Upstream upstream() {
    return new Upstream(
        "orders",
        endpoints,
        new SimulatedConnector(this),
        limit(5, 10, Duration.ofMillis(300)),
        new RetryBudget(20, 1, clock),
        new CircuitBreaker(
            new CircuitBreaker.Policy(
                60,
                80,
                Duration.ofSeconds(1),
                10,
                Duration.ofSeconds(3),
                Duration.ofMillis(300),
                Duration.ofSeconds(3),
                2),
            clock,
            (from, to, why) -> log("breaker " + from + " to " + to + " " + why)),
        new Upstream.HostField.Preserved());
  }

  void log(String event) {
    history.add(clock.now(TimeUnit.MILLISECONDS) + " " + event);
  }

  ByteBuf buffer(Content content, int from, int bytes) {
    ByteBuf buffer = Unpooled.wrappedBuffer(content.part(from, bytes));
    buffers.add(buffer);
    return buffer;
  }

  void after(long millis, Runnable task) {
    clock.schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  /** All requests come within a second, and have ended long before an hour is over. */
  World run() {
    for (int i = 0; i < REQUESTS; i++) {
      SimulatedClient client = new SimulatedClient(this, i);
      clients.add(client);
      after(random.nextLong(1000), () -> client.ask(gateway));
    }
    for (int i = 0; i < 3600; i++) {
      clock.advance(Duration.ofSeconds(1));
    }
    return this;
  }

  /** What is wrong with how it ended; empty if nothing is. */
  List<String> verdict() {
    for (SimulatedClient client : clients) {
      client.judge();
    }
    if (outcomes.size() != clients.size()) {
      wrong.add("outcomes: " + outcomes.size() + " of " + clients.size());
    }
    limits.forEach(
        limit -> {
          if (limit.inUse() != 0 || limit.waiting() != 0) {
            wrong.add("permits out: " + limit.inUse() + ", waiting: " + limit.waiting());
          }
        });
    if (gauge.permitsOut != 0) {
      wrong.add("permits out: " + gauge.permitsOut);
    }
    if (gauge.most > Gauge.MAX) {
      wrong.add("at a time: " + gauge.most + " of " + Gauge.MAX);
    }
    long leaked = buffers.stream().filter(buffer -> buffer.refCnt() != 0).count();
    if (leaked != 0) {
      wrong.add("buffers not freed: " + leaked);
    }
    if (replayMemory.usedBytes() != 0) {
      wrong.add("replay memory in use: " + replayMemory.usedBytes());
    }
    if (clock.pendingTimers() != 0) {
      wrong.add("timers: " + clock.pendingTimers());
    }
    endpoints.forEach(
        endpoint -> {
          if (endpoint.inFlight() != 0) {
            wrong.add(endpoint + " in flight: " + endpoint.inFlight());
          }
        });
    return wrong;
  }

  private final class Recorder implements Telemetry {

    @Override
    public void requestEnded(Outcome outcome) {
      String id = outcome.identity().requestId();
      if (outcomes.contains(id)) {
        throw new IllegalStateException(id + " ended twice");
      }
      outcomes.add(id);
      log(
          id
              + " "
              + outcome.status()
              + " "
              + outcome.party()
              + " "
              + outcome.phase()
              + " "
              + outcome.why()
              + " attempts="
              + outcome.attempts());
    }

    @Override
    public void attemptEnded(String upstream, int status, Failure failure, long nanos) {
      log("attempt " + status + " " + failure);
    }

    @Override
    public void breakerChanged(String upstream, String from, String to, String why) {}

    @Override
    public void rateLimitAsked(String limit, LimitResult result) {}

    @Override
    public void webSocketClosed(String route, Party by, String how) {}

    @Override
    public void webSocketViolated(String route, Party by, String rule) {}

    @Override
    public void count(Event event, String name) {
      log("event " + event);
    }
  }
}
