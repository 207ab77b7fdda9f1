package dev.weir.load;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.bodyBytes;
import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import dev.weir.load.gateway.Pause;
import dev.weir.load.gateway.RunningGateway;
import dev.weir.load.gateway.Vitals;
import dev.weir.load.upstream.Answer;
import dev.weir.load.upstream.MisbehavingUpstream;
import dev.weir.load.upstream.Seal;
import io.gatling.javaapi.core.PopulationBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Does a gateway grow, or answer worse, the longer it runs in an ordinary day: mixed requests, an
 * upstream that is sometimes slow, sometimes fails and sometimes breaks off?
 */
public final class Soak extends GatewaySimulation {

  private static final Duration LENGTH =
      IS_SHORT
          ? Duration.ofSeconds(15)
          : Duration.ofMinutes(Integer.getInteger("weir.load.soak.minutes", 10));
  private static final Duration SAMPLE = LENGTH.dividedBy(20);
  private static final double PER_SECOND = 100;

  /** What a virtual machine may still grow by after a third of the time. */
  private static final int GROWTH_MIB = IS_SHORT ? 256 : 64;

  private static final String BODY = "x".repeat(2048);

  private final List<Vitals> samples = new ArrayList<>();

  public Soak() {
    MisbehavingUpstream upstream = upstream(path -> ordinary());
    RunningGateway gateway = gateway("soak.yaml", upstream);
    checkAtMost("RSS grew after a third of the time (MiB)", () -> growth(samples), GROWTH_MIB);
    load(
        gateway.url(),
        List.of(
            details("GET").failedRequests().percent().lt(0.5),
            details("POST").failedRequests().percent().lt(3.0)),
        scenario("observer")
            .exec(beside("vitals were sampled", () -> observe(gateway)))
            .injectOpen(atOnceUsers(1)),
        clients("GET", 2 * PER_SECOND),
        clients("POST", PER_SECOND));
  }

  private static PopulationBuilder clients(String method, double perSecond) {
    return scenario(method)
        .exec(
            http(method)
                .httpRequest(method, session -> "/soak/" + session.userId())
                .body(StringBody(method.equals("POST") ? BODY : ""))
                .check(
                    status().is(200),
                    bodyBytes()
                        .transformWithSession(
                            (body, session) -> Seal.fault(body, "/soak/" + session.userId()))
                        .is("")))
        .injectOpen(constantUsersPerSec(perSecond).during(LENGTH));
  }

  private static Answer ordinary() {
    int dice = ThreadLocalRandom.current().nextInt(1000);
    if (dice < 10) {
      return Answer.of(503);
    }
    if (dice < 15) {
      return Answer.reset();
    }
    return Answer.ok(dice * 8).after(Duration.ofMillis(dice < 50 ? 500 : dice % 20));
  }

  private void observe(RunningGateway gateway) {
    for (Duration passed = SAMPLE; passed.compareTo(LENGTH) < 0; passed = passed.plus(SAMPLE)) {
      Pause.of(SAMPLE);
      samples.add(gateway.vitals());
      System.out.println(samples.get(samples.size() - 1));
    }
    Pause.of(SAMPLE.plusSeconds(1));
  }

  private static double growth(List<Vitals> samples) {
    long early = samples.get(samples.size() / 3).rssMib();
    return samples.get(samples.size() - 1).rssMib() - (double) early;
  }
}
