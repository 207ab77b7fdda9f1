package dev.weir.app.redis;

import dev.weir.app.telemetry.Metrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what happens between the gateway and Redis, and logs when it comes and goes. */
public final class RedisMetrics implements RedisWatch {

  private static final Logger LOG = LoggerFactory.getLogger(RedisMetrics.class);

  private static final Duration[] BUCKETS = {
    Duration.ofNanos(250_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100)
  };

  private final Metrics metrics;
  private final Timer answers;
  private final Counter scripts;
  private final Map<String, Counter> failures = new ConcurrentHashMap<>();
  private final Map<String, Counter> changes = new ConcurrentHashMap<>();

  public RedisMetrics(Metrics metrics) {
    this.metrics = metrics;
    this.answers =
        Timer.builder("weir.redis")
            .description("Commands that Redis answered in time")
            .serviceLevelObjectives(BUCKETS)
            .register(metrics.registry());
    this.scripts =
        Counter.builder("weir.redis.scripts")
            .description("Scripts sent whole, as Redis did not have them")
            .register(metrics.registry());
  }

  /** Tells how many links are in which state. */
  public void of(RedisLinks links) {
    String help = "Connections to Redis, one for each event loop, by their state";
    metrics.gauge("weir.redis.links", help, links, RedisLinks::up, "state", "up");
    metrics.gauge("weir.redis.links", help, links, RedisLinks::down, "state", "down");
    metrics.gauge(
        "weir.redis.links", help, links, RedisLinks::disconnected, "state", "disconnected");
    String shards =
        "Servers that have keys, by whether they decide; once for each event loop that sees them";
    metrics.gauge("weir.redis.shards", shards, links, RedisLinks::shardsUp, "state", "up");
    metrics.gauge("weir.redis.shards", shards, links, RedisLinks::shardsDown, "state", "down");
    metrics.gauge(
        "weir.redis.in.flight", "Commands without an answer", links, RedisLinks::inFlight);
  }

  @Override
  public void changed(String to, String why) {
    LOG.info("redis {}: {}", to, why);
    changes
        .computeIfAbsent(
            to,
            state ->
                Counter.builder("weir.redis.changes")
                    .description("Changes of state of connections to Redis")
                    .tag("to", state)
                    .register(metrics.registry()))
        .increment();
  }

  @Override
  public void answered(long nanos) {
    answers.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void failed(String reason) {
    failures
        .computeIfAbsent(
            reason,
            code ->
                Counter.builder("weir.redis.failures")
                    .description("Commands without an answer in time, by why")
                    .tag("reason", code)
                    .register(metrics.registry()))
        .increment();
  }

  @Override
  public void scriptSent() {
    scripts.increment();
  }
}
