package dev.weir.load;

import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.status;

import dev.weir.load.gateway.RunningGateway;
import dev.weir.load.upstream.Answer;
import dev.weir.load.upstream.MisbehavingUpstream;
import java.time.Duration;
import java.util.List;

/** Are all requests of a steady load answered, with more than a thousand of them at a time? */
public final class SteadyLoad extends GatewaySimulation {

  private static final Duration UPSTREAM_TAKES = Duration.ofSeconds(2);
  private static final double PER_SECOND = 600;

  public SteadyLoad() {
    MisbehavingUpstream upstream = upstream(path -> Answer.ok(1024).after(UPSTREAM_TAKES));
    RunningGateway gateway = gateway("steady-load.yaml", upstream);
    checkAtLeast("requests at a time", upstream::mostInFlight, 1000);
    load(
        gateway.url(),
        List.of(
            details("GET").failedRequests().count().is(0L),
            details("GET").responseTime().percentile(95).lt(millis(4000))),
        scenario("steady load")
            .exec(get(named("GET"), "/steady").check(status().is(200)))
            .injectOpen(steady(PER_SECOND, seconds(6, 60))));
  }
}
