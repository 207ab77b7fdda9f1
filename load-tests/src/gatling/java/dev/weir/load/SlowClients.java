package dev.weir.load;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.status;

import dev.weir.load.client.DrippingClients;
import dev.weir.load.gateway.Pause;
import dev.weir.load.gateway.RunningGateway;
import dev.weir.load.upstream.Answer;
import dev.weir.load.upstream.MisbehavingUpstream;
import java.time.Duration;
import java.util.List;

/** Do clients that send or read too slowly lose their connections, and nobody else theirs? */
public final class SlowClients extends GatewaySimulation {

  private static final int SLOW_HEADS = 500;
  private static final int DEAF_READERS = 20;
  private static final Duration CUT_LIMIT = Duration.ofSeconds(10);
  private static final int LARGE = 8 * 1024 * 1024;

  private final DrippingClients slow;

  public SlowClients() {
    MisbehavingUpstream upstream =
        upstream(path -> Answer.ok(path.startsWith("/large") ? LARGE : 1024));
    RunningGateway gateway = gateway("slow-clients.yaml", upstream);
    slow = closed(new DrippingClients(gateway.url()));
    check("slow heads are cut off", () -> left(slow.slowHeadsLeft(), 0));
    checkAtLeast("connections cut for a slow head", () -> cut(gateway, "slow_head"), SLOW_HEADS);
    checkAtLeast(
        "connections cut because nobody read", () -> cut(gateway, "write_stalled"), DEAF_READERS);
    load(
        gateway.url(),
        List.of(
            details("GET").failedRequests().count().is(0L),
            details("GET").responseTime().percentile(95).lt(millis(1000))),
        scenario("slow ones")
            .pause(WARM_UP)
            .exec(beside("slow clients could connect", this::beSlow))
            .pause(Duration.ofSeconds(1))
            .injectOpen(atOnceUsers(1)),
        scenario("the others")
            .exec(get(named("GET"), "/").check(status().is(200)))
            .injectOpen(steady(100, CUT_LIMIT)));
  }

  private void beSlow() {
    slow.slowHeads(SLOW_HEADS);
    slow.deafReaders(DEAF_READERS, "/large");
    Pause.until(
        CUT_LIMIT,
        () -> {
          slow.drip();
          return false;
        });
  }

  private static String left(int left, int expected) {
    return left == expected ? "" : left + " are left (expected: none)";
  }

  private static double cut(RunningGateway gateway, String reason) {
    return gateway
        .metrics()
        .sum("weir_connections_cut_total", "listener=\"data\"", "reason=\"" + reason + "\"");
  }
}
