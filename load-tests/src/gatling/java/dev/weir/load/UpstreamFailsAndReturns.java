package dev.weir.load;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.status;

import dev.weir.load.gateway.RunningGateway;
import dev.weir.load.upstream.Answer;
import dev.weir.load.upstream.MisbehavingUpstream;
import io.gatling.javaapi.core.ChainBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Is a failing upstream left alone, its clients told at once, and all well again soon after it is?
 */
public final class UpstreamFailsAndReturns extends GatewaySimulation {

  private static final double PER_SECOND = 200;
  private static final Duration PHASE = seconds(8, 20);

  /** The breaker waits for a second before it tries again, so this is more than enough. */
  private static final Duration RECOVERY = Duration.ofSeconds(4);

  private final MisbehavingUpstream upstream = upstream(path -> Answer.ok(1024));
  private final LongAdder sentWhileFailing = new LongAdder();
  private volatile String phase = "while well";
  private volatile long requestsBefore;
  private volatile long requestsWhileFailing;

  public UpstreamFailsAndReturns() {
    RunningGateway gateway = gateway("upstream-fails.yaml", upstream);
    checkAtMost(
        "part of the load that the failing upstream got",
        () -> requestsWhileFailing / sentWhileFailing.doubleValue(),
        0.5);
    load(
        gateway.url(),
        List.of(
            details("GET while well").failedRequests().count().is(0L),
            details("GET while failing").failedRequests().count().is(0L),
            details("GET while failing").responseTime().percentile(95).lt(millis(1000)),
            details("GET after its return").failedRequests().count().is(0L)),
        scenario("conductor")
            .pause(WARM_UP.plus(PHASE))
            .exec(enter("while failing", this::fail))
            .pause(PHASE)
            .exec(enter("while recovering", this::returnToService))
            .pause(RECOVERY)
            .exec(enter("after its return", () -> {}))
            .pause(PHASE)
            .injectOpen(atOnceUsers(1)),
        scenario("clients")
            .doIfOrElse(session -> phase.startsWith("while "))
            .then(ask(200, 502, 503))
            .orElse(ask(200))
            .injectOpen(steady(PER_SECOND, PHASE.multipliedBy(3).plus(RECOVERY))));
  }

  /** A request that is sent while all is well may see the end of that, so each kind allows more. */
  private ChainBuilder ask(Integer... statuses) {
    return exec(session -> {
          if (phase.equals("while failing")) {
            sentWhileFailing.increment();
          }
          return session;
        })
        .exec(get(session -> "GET " + phase, "/").check(status().in(statuses)));
  }

  private static ChainBuilder enter(Runnable change) {
    return exec(
        session -> {
          change.run();
          return session;
        });
  }

  private ChainBuilder enter(String next, Runnable change) {
    return enter(
        () -> {
          change.run();
          phase = next;
        });
  }

  private void fail() {
    requestsBefore = upstream.requests();
    upstream.behave(path -> Answer.reset());
  }

  private void returnToService() {
    requestsWhileFailing = upstream.requests() - requestsBefore;
    upstream.behave(path -> Answer.ok(1024));
  }
}
