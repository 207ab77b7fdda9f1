package dev.weir.load;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.header;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import dev.weir.load.gateway.RunningGateway;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Session;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * Do two gateways that share limits admit as many requests as there are tokens, and does each limit
 * do what it wants to while Redis is gone?
 */
public final class SharedLimits extends GatewaySimulation {

  /** As in the configuration. */
  private static final int TOKENS = 500;

  /** Tokens a second, and at once, that both gateways together have without Redis. */
  private static final double LOCAL_RATE = 50;

  private static final double LOCAL_BURST = 50;

  private static final double PER_SECOND = 100;
  private static final Duration PHASE = seconds(5, 20);
  private static final Duration BETWEEN = Duration.ofSeconds(2);

  private final RunningRedis redis = closed(RunningRedis.start(work));
  private final List<RunningGateway> gateways;
  private final AtomicInteger turn = new AtomicInteger();
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private volatile String phase = "well";
  private volatile long goneNanos;

  public SharedLimits() {
    Map<String, String> variables = Map.of("REDIS", redis.address());
    gateways =
        List.of(
            gateway("first", "shared-limits.yaml", variables),
            gateway("second", "shared-limits.yaml", variables));
    check("as many are admitted as there are tokens", this::notExact);
    check("closed, open and local are asked in Redis at first", () -> degraded("well"));
    check("closed refuses while Redis is gone", () -> all("closed gone", "503 -"));
    check("open lets pass while Redis is gone, and says so", () -> all("open gone", "200 open"));
    check("local counts by itself, and says so", () -> all("local gone", "(200|429) local"));
    checkAtMost(
        "part of what local may admit without Redis",
        () -> count("local gone 200.*") / (LOCAL_BURST + LOCAL_RATE * goneNanos / 1e9),
        1);
    checkAtLeast("requests that local admits without Redis", () -> count("local gone 200.*"), 1);
    check("all are asked in Redis again after its return", () -> degraded("back"));
    load(
        gateways.get(0).url(),
        List.of(
            details("closed gone").responseTime().percentile(95).lt(250),
            details("open gone").responseTime().percentile(95).lt(250),
            details("local gone").responseTime().percentile(95).lt(250)),
        scenario("conductor")
            .pause(WARM_UP.plus(PHASE))
            .exec(enter("going"))
            .pause(BETWEEN)
            .exec(enter(redis::kill))
            .pause(BETWEEN)
            .exec(enter("gone"))
            .pause(PHASE)
            .exec(enter("coming"))
            .exec(enter(redis::restart))
            .pause(BETWEEN)
            .exec(enter("back"))
            .pause(PHASE)
            .injectOpen(atOnceUsers(1)),
        scenario("clients")
            .doIf(session -> phase.equals("well"))
            .then(ask("exact"))
            .exec(ask("closed"), ask("open"), ask("local"))
            .injectOpen(steady(PER_SECOND, PHASE.multipliedBy(3).plus(BETWEEN.multipliedBy(3)))));
  }

  private ChainBuilder ask(String path) {
    return exec(session -> session.set("phase", phase).set("url", url()).remove("degraded"))
        .exec(
            http(session -> path + " " + session.getString("phase"))
                .get(session -> session.getString("url") + "/" + path)
                .check(status().in(200, 429, 503).saveAs("status"))
                .check(header("X-RateLimit-Degraded").optional().saveAs("degraded")))
        .exec(session -> note(path, session));
  }

  private String url() {
    return gateways.get(turn.getAndIncrement() % gateways.size()).url();
  }

  /** Of requests in the middle of a change nothing is known. */
  private Session note(String path, Session session) {
    String asked = session.getString("phase");
    if (phase.equals(asked) || path.equals("exact")) {
      String degraded = session.contains("degraded") ? session.getString("degraded") : "-";
      String what = path + " " + asked + " " + session.getInt("status") + " " + degraded;
      counts.computeIfAbsent(what, key -> new LongAdder()).increment();
    }
    return session;
  }

  private long count(String regex) {
    return sum(key -> key.matches(regex));
  }

  private long sum(Predicate<String> which) {
    return counts.entrySet().stream()
        .filter(count -> which.test(count.getKey()))
        .mapToLong(count -> count.getValue().sum())
        .sum();
  }

  private String notExact() {
    long admitted = count("exact well 200 -");
    boolean isAsWanted = admitted == TOKENS && count("exact well 429 -") > 0;
    return isAsWanted && count("exact well 503.*") == 0 ? "" : "" + counts;
  }

  /** What does not end as it should, of those with that beginning. */
  private String all(String beginning, String wanted) {
    long all = count(beginning + " .*");
    return all > 0 && all == count(beginning + " " + wanted) ? "" : "" + counts;
  }

  private String degraded(String when) {
    long all = count("(closed|open|local) " + when + " .*");
    long well = count("(closed|open) " + when + " 200 -") + count("local " + when + " (200|429) -");
    return all > 0 && all == well ? "" : "" + counts;
  }

  private static ChainBuilder enter(Runnable change) {
    return exec(
        session -> {
          change.run();
          return session;
        });
  }

  private ChainBuilder enter(String next) {
    return enter(
        () -> {
          if (next.equals("gone")) {
            goneNanos = -System.nanoTime();
          } else if (next.equals("coming")) {
            goneNanos += System.nanoTime();
          }
          phase = next;
        });
  }
}
