package dev.weir.app.telemetry;

import dev.weir.http.Failure;
import dev.weir.http.Outcome;
import dev.weir.http.Party;
import dev.weir.telemetry.Event;
import dev.weir.telemetry.Telemetry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

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

  private static final String[] CLASSES = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<String, Timer[]> requests = new ConcurrentHashMap<>();
  private final Map<Ended, Counter> ended = new ConcurrentHashMap<>();
  private final Map<String, Timer[]> attempts = new ConcurrentHashMap<>();
  private final Map<FailedAttempt, Counter> failedAttempts = new ConcurrentHashMap<>();
  private final Map<Counted, Counter> events = new ConcurrentHashMap<>();

  private record Ended(String route, Party party, @Nullable Failure why) {}

  private record FailedAttempt(String upstream, @Nullable Failure failure) {}

  private record Counted(Event event, String name) {}

  /** For meters that belong to an object: connections, limits, breakers. */
  public MeterRegistry registry() {
    return registry;
  }

  /** A number that is read when somebody asks. */
  public <T> void gauge(
      String name, String help, String label, String value, T source, ToDoubleFunction<T> read) {
    Gauge unused =
        Gauge.builder(name, source, read)
            .description(help)
            .tag(label, value)
            .strongReference(true)
            .register(registry);
  }

  /** A number that only grows, and is read when somebody asks. */
  public <T> void counter(
      String name, String help, String label, String value, T source, ToDoubleFunction<T> read) {
    FunctionCounter unused =
        FunctionCounter.builder(name, source, read)
            .description(help)
            .tag(label, value)
            .register(registry);
  }

  /** The text that Prometheus reads; takes some milliseconds, so not on an event loop. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void requestEnded(Outcome outcome) {
    Timer[] timers =
        requests.computeIfAbsent(
            outcome.route(),
            route ->
                timers("weir.requests", "Requests, by the class of their answer", "route", route));
    timers[outcome.status() / 100].record(outcome.totalNanos(), TimeUnit.NANOSECONDS);
    if (outcome.party() != Party.NOBODY) {
      Ended end = new Ended(outcome.route(), outcome.party(), outcome.why());
      ended.computeIfAbsent(end, this::endedCounter).increment();
    }
  }

  private Timer[] timers(String name, String help, String label, String value) {
    Timer[] timers = new Timer[CLASSES.length];
    for (int i = 0; i < CLASSES.length; i++) {
      timers[i] =
          Timer.builder(name)
              .description(help)
              .tag(label, value)
              .tag("status", CLASSES[i])
              .serviceLevelObjectives(BUCKETS)
              .register(registry);
    }
    return timers;
  }

  private Counter endedCounter(Ended end) {
    return Counter.builder("weir.requests.cut")
        .description("Requests that did not run to their end, by who ended them and why")
        .tag("route", end.route())
        .tag("by", end.party().name().toLowerCase(Locale.ROOT))
        .tag("reason", end.why() == null ? "left" : end.why().code())
        .register(registry);
  }

  @Override
  public void attemptEnded(String upstream, int status, @Nullable Failure failure, long nanos) {
    Timer[] timers =
        attempts.computeIfAbsent(
            upstream,
            name -> timers("weir.attempts", "Attempts, until the answer's head", "upstream", name));
    timers[status / 100].record(nanos, TimeUnit.NANOSECONDS);
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
}
