package dev.weir.app.telemetry;

import dev.weir.http.Failure;
import dev.weir.http.Outcome;
import dev.weir.http.Party;
import dev.weir.telemetry.Event;
import dev.weir.telemetry.LimitResult;
import dev.weir.telemetry.Telemetry;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * Counters and timers, read by Prometheus.
 *
 * <p>Labels are ids of the configuration, classes of status and the gateway's own codes, never
 * anything that a client has made; so the number of series is bounded by the configuration. Meters
 * are looked up by their label once, and kept.
 */
public final class Metrics implements Telemetry {

  /** How an answered request's latency is divided. */
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10)
  };

  private static final Duration[] LAG_BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(5)
  };

  private static final String[] CLASSES = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

  private final PrometheusMeterRegistry registry;
  private final Map<String, Timers> requests = new ConcurrentHashMap<>();
  private final Map<Ended, Counter> ended = new ConcurrentHashMap<>();
  private final Map<String, Timers> attempts = new ConcurrentHashMap<>();
  private final Map<FailedAttempt, Counter> failedAttempts = new ConcurrentHashMap<>();
  private final Map<Asked, Counter> rateLimits = new ConcurrentHashMap<>();
  private final Map<WebSocketEnd, Counter> webSocketEnds = new ConcurrentHashMap<>();
  private final Map<String, Timer> loopLags = new ConcurrentHashMap<>();
  private final Map<Counted, Counter> events = new ConcurrentHashMap<>();

  private record Ended(String route, Party party, @Nullable Failure why) {}

  private record FailedAttempt(String upstream, @Nullable Failure failure) {}

  private record Asked(String limit, LimitResult result) {}

  private record WebSocketEnd(String kind, String route, Party by, String what) {}

  private record Counted(Event event, String name) {}

  /**
   * None yet.
   *
   * @param clock each timer asks it twice for what it records, to forget maxima that have grown old
   */
  public Metrics(Scheduler clock) {
    registry =
        new PrometheusMeterRegistry(
            PrometheusConfig.DEFAULT, new PrometheusRegistry(), new MeterClock(clock));
  }

  /** For meters that belong to an object: connections, limits, breakers. */
  public MeterRegistry registry() {
    return registry;
  }

  /** A number that is read when somebody asks; the labels are names and values in turn. */
  public <T> void gauge(
      String name, String help, T source, ToDoubleFunction<T> read, String... labels) {
    Gauge unused =
        Gauge.builder(name, source, read)
            .description(help)
            .tags(labels)
            .strongReference(true)
            .register(registry);
  }

  /** A number that only grows, and is read when somebody asks. */
  public <T> void counter(
      String name, String help, T source, ToDoubleFunction<T> read, String... labels) {
    FunctionCounter unused =
        FunctionCounter.builder(name, source, read)
            .description(help)
            .tags(labels)
            .register(registry);
  }

  /** How late an event loop came to a tick of its own; loops are few, and known by their thread. */
  public void loopLag(String loop, long nanos) {
    loopLags.computeIfAbsent(loop, this::loopLagTimer).record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer loopLagTimer(String loop) {
    return Timer.builder("weir.loop.lag")
        .description(
            "How late event loops came to a tick of their own, ten of which are in a second")
        .tag("loop", loop)
        .serviceLevelObjectives(LAG_BUCKETS)
        .register(registry);
  }

  /** The text that Prometheus reads; takes some milliseconds, so not on an event loop. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void requestEnded(Outcome outcome) {
    requests
        .computeIfAbsent(outcome.route(), this::requestTimers)
        .of(outcome.status())
        .record(outcome.totalNanos(), TimeUnit.NANOSECONDS);
    if (outcome.party() != Party.NOBODY) {
      Ended end = new Ended(outcome.route(), outcome.party(), outcome.why());
      ended.computeIfAbsent(end, this::endedCounter).increment();
    }
  }

  private Timers requestTimers(String route) {
    return new Timers(
        "weir.requests", "Requests, by the class of their answer", "route", route, registry);
  }

  private Timers attemptTimers(String upstream) {
    return new Timers(
        "weir.attempts", "Attempts, until the answer's head", "upstream", upstream, registry);
  }

  private Counter endedCounter(Ended end) {
    return Counter.builder("weir.requests.cut")
        .description("Requests that did not run to their end, by who ended them and why")
        .tag("route", end.route())
        .tag("by", end.party().code())
        .tag("reason", end.why() == null ? "left" : end.why().code())
        .register(registry);
  }

  @Override
  public void attemptEnded(String upstream, int status, @Nullable Failure failure, long nanos) {
    attempts
        .computeIfAbsent(upstream, this::attemptTimers)
        .of(status)
        .record(nanos, TimeUnit.NANOSECONDS);
    if (status == 0) {
      FailedAttempt failed = new FailedAttempt(upstream, failure);
      failedAttempts.computeIfAbsent(failed, this::failedAttemptCounter).increment();
    }
  }

  private Counter failedAttemptCounter(FailedAttempt failed) {
    return Counter.builder("weir.attempts.failed")
        .description("Attempts that gave no answer, by why")
        .tag("upstream", failed.upstream())
        .tag("reason", failed.failure() == null ? "cancelled" : failed.failure().code())
        .register(registry);
  }

  @Override
  public void breakerChanged(String upstream, String from, String to, String why) {
    Counter.builder("weir.breaker.changes")
        .description("Changes of state of a circuit breaker")
        .tag("upstream", upstream)
        .tag("to", to.toLowerCase(Locale.ROOT))
        .register(registry)
        .increment();
  }

  @Override
  public void rateLimitAsked(String limit, LimitResult result) {
    rateLimits.computeIfAbsent(new Asked(limit, result), this::rateLimitCounter).increment();
  }

  private Counter rateLimitCounter(Asked asked) {
    return Counter.builder("weir.ratelimit.decisions")
        .description("What rate limits said of requests")
        .tag("limit", asked.limit())
        .tag("result", asked.result().code())
        .register(registry);
  }

  @Override
  public void webSocketClosed(String route, Party by, String how) {
    WebSocketEnd end = new WebSocketEnd("closes", route, by, how);
    webSocketEnds.computeIfAbsent(end, this::closeCounter).increment();
  }

  private Counter closeCounter(WebSocketEnd end) {
    return Counter.builder("weir.websocket.closes")
        .description("WebSockets that have ended, by who closed them first and with what code")
        .tag("route", end.route())
        .tag("by", lowerCase(end.by()))
        .tag("code", end.what())
        .register(registry);
  }

  @Override
  public void webSocketViolated(String route, Party by, String rule) {
    WebSocketEnd end = new WebSocketEnd("violations", route, by, rule);
    webSocketEnds.computeIfAbsent(end, this::violationCounter).increment();
  }

  private Counter violationCounter(WebSocketEnd end) {
    return Counter.builder("weir.websocket.violations")
        .description("WebSockets that were closed for what a side had sent, by that side and rule")
        .tag("route", end.route())
        .tag("by", lowerCase(end.by()))
        .tag("rule", end.what())
        .register(registry);
  }

  private static String lowerCase(Party party) {
    return party.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void count(Event event, String name) {
    events.computeIfAbsent(new Counted(event, name), this::eventCounter).increment();
  }

  private Counter eventCounter(Counted counted) {
    return Counter.builder("weir.events")
        .description("What was dropped, refused, degraded or guessed")
        .tag("event", counted.event().code())
        .tag("name", counted.name())
        .register(registry);
  }

  /** Of one route or upstream, a timer for each class of status that has occurred. */
  private static final class Timers {

    private final String name;
    private final String help;
    private final String label;
    private final String value;
    private final MeterRegistry registry;
    private final AtomicReferenceArray<@Nullable Timer> byClass =
        new AtomicReferenceArray<>(CLASSES.length);

    Timers(String name, String help, String label, String value, MeterRegistry registry) {
      this.name = name;
      this.help = help;
      this.label = label;
      this.value = value;
      this.registry = registry;
    }

    /** For a status, or 0 for none; to register twice gives the same timer. */
    Timer of(int status) {
      int index = status / 100;
      Timer known = byClass.get(index);
      if (known != null) {
        return known;
      }
      Timer timer =
          Timer.builder(name)
              .description(help)
              .tag(label, value)
              .tag("status", CLASSES[index])
              .serviceLevelObjectives(BUCKETS)
              .register(registry);
      byClass.set(index, timer);
      return timer;
    }
  }

  /** The time of day, as it was at the start and as much as has passed since. */
  private static final class MeterClock implements Clock {

    private final Scheduler clock;
    private final long startMillis = System.currentTimeMillis();
    private final long startNanos;

    MeterClock(Scheduler clock) {
      this.clock = clock;
      this.startNanos = monotonicTime();
    }

    @Override
    public long wallTime() {
      return startMillis + TimeUnit.NANOSECONDS.toMillis(monotonicTime() - startNanos);
    }

    @Override
    public long monotonicTime() {
      return clock.now(TimeUnit.NANOSECONDS);
    }
  }
}
