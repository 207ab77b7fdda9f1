package dev.weir.load;

import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import dev.weir.load.gateway.RunningGateway;
import dev.weir.load.upstream.Answer;
import dev.weir.load.upstream.MisbehavingUpstream;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * How much more does an upstream bear because of retries when all it answers is 503? Without a
 * circuit breaker, which would hide it.
 */
public final class RetryStorm extends GatewaySimulation {

  private static final double PER_SECOND = 300;

  /** Three a second over the budget's window of ten seconds are always allowed. */
  private static final int ALWAYS_ALLOWED = 30;

  private final LongAdder sent = new LongAdder();

  public RetryStorm() {
    MisbehavingUpstream upstream = upstream(path -> Answer.of(503));
    RunningGateway gateway = gateway("retry-storm.yaml", upstream);
    checkAtMost(
        "load of the upstream, times that of the clients",
        () -> (upstream.requests() - ALWAYS_ALLOWED) / sent.doubleValue(),
        1.2);
    // Else the simulation would ask nothing.
    checkAtLeast("requests were repeated", () -> upstream.requests() / sent.doubleValue(), 1.05);
    load(
        gateway.url(),
        List.of(
            details("GET").failedRequests().count().is(0L),
            details("GET").responseTime().percentile(95).lt(2000)),
        scenario("retry storm")
            .exec(
                session -> {
                  sent.increment();
                  return session;
                })
            .exec(http(named("GET")).get("/down").check(status().is(503)))
            .injectOpen(steady(PER_SECOND, seconds(6, 60))));
  }
}
