package dev.weir.load;

import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.status;

import dev.weir.load.gateway.RunningGateway;
import dev.weir.load.upstream.Answer;
import dev.weir.load.upstream.MisbehavingUpstream;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Does a service that answers far too late harm the one beside it, or keep its own clients waiting?
 */
public final class SlowUpstream extends GatewaySimulation {

  private static final Duration UPSTREAM_TAKES = Duration.ofSeconds(10);
  private static final double PER_SECOND = 150;

  public SlowUpstream() {
    MisbehavingUpstream slow = upstream(path -> Answer.ok(1024).after(UPSTREAM_TAKES));
    MisbehavingUpstream fast = upstream(path -> Answer.ok(1024));
    RunningGateway gateway =
        gateway(
            "gateway",
            "slow-upstream.yaml",
            Map.of("SLOW", "127.0.0.1:" + slow.port(), "FAST", "127.0.0.1:" + fast.port()));
    checkAtLeast(
        "the slow one's breaker opened",
        () ->
            gateway.metrics().sum("weir_breaker_changes_total", "to=\"open\"", "upstream=\"slow\""),
        1);
    // Its limit is 50; a few more, as it sees the end of a given-up request later than the gateway.
    checkAtMost("requests at a time at the slow one", slow::mostInFlight, 60);
    load(
        gateway.url(),
        List.of(
            details("GET fast").failedRequests().count().is(0L),
            details("GET fast").responseTime().percentile(95).lt(500),
            details("GET slow").failedRequests().count().is(0L),
            details("GET slow").responseTime().percentile(99).lt(3000)),
        scenario("slow one")
            .exec(get(named("GET slow"), "/slow").check(status().in(503, 504)))
            .injectOpen(steady(PER_SECOND, seconds(6, 60))),
        scenario("fast one")
            .exec(get(named("GET fast"), "/fast").check(status().is(200)))
            .injectOpen(steady(PER_SECOND, seconds(6, 60))));
  }
}
