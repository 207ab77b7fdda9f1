package dev.weir.load;

import static io.gatling.javaapi.core.CoreDsl.asLongAs;
import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.status;

import dev.weir.load.gateway.LoadBalancer;
import dev.weir.load.gateway.Pause;
import dev.weir.load.gateway.RunningGateway;
import dev.weir.load.upstream.Answer;
import dev.weir.load.upstream.MisbehavingUpstream;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Is a request lost when gateways behind a load balancer are restarted one after the other? */
public final class RollingRestart extends GatewaySimulation {

  private static final int CLIENTS = 50;
  private static final int ROUNDS = IS_SHORT ? 1 : 3;
  private static final Duration BETWEEN = Duration.ofSeconds(2);

  private final List<RunningGateway> gateways;
  private volatile boolean isOver;

  public RollingRestart() {
    MisbehavingUpstream upstream = upstream(path -> Answer.ok(1024).after(Duration.ofMillis(50)));
    Map<String, String> variables = Map.of("UPSTREAM", "127.0.0.1:" + upstream.port());
    gateways =
        List.of(
            gateway("first", "rolling-restart.yaml", variables),
            gateway("second", "rolling-restart.yaml", variables));
    LoadBalancer balancer = closed(LoadBalancer.start(gateways, work));
    load(
        balancer.url(),
        List.of(details("GET").failedRequests().count().is(0L)),
        scenario("restarts")
            .exec(beside("gateways end with status 0 and start again", this::restartAll))
            .injectOpen(atOnceUsers(1)),
        scenario("clients")
            .exec(
                asLongAs(session -> !isOver, TURN)
                    .on(get(session -> "GET", "/").check(status().is(200)))
                    .pause(Duration.ofMillis(100)))
            .injectOpen(atOnceUsers(CLIENTS)));
  }

  private void restartAll() {
    try {
      Pause.of(BETWEEN);
      for (int round = 0; round < ROUNDS; round++) {
        for (RunningGateway gateway : gateways) {
          gateway.restart();
          Pause.of(BETWEEN);
        }
      }
    } finally {
      isOver = true;
    }
  }
}
