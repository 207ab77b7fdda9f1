package dev.weir.load;

import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.rampUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.responseTimeInMillis;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.status;

import dev.weir.load.gateway.RunningGateway;
import dev.weir.load.upstream.Answer;
import dev.weir.load.upstream.MisbehavingUpstream;
import java.time.Duration;
import java.util.List;

/**
 * Does a service that is asked five times of what it can do still do what it can, and are the
 * others told so at once?
 *
 * <p>The gateway lets 20 requests run, which take 100 ms each: that is 200 a second.
 */
public final class RampToSaturationAndPast extends GatewaySimulation {

  private static final double CAPACITY = 200;
  private static final Duration UPSTREAM_TAKES = Duration.ofMillis(100);

  /** The last seconds of the plateau at five times the load; its very last may be a part of one. */
  private static final int PLATEAU = 5;

  private final Answers answers = new Answers();

  public RampToSaturationAndPast() {
    MisbehavingUpstream upstream = upstream(path -> Answer.ok(1024).after(UPSTREAM_TAKES));
    RunningGateway gateway = gateway("saturation.yaml", upstream);
    checkAtMost("requests at a time at the upstream", upstream::mostInFlight, 20);
    check("goodput at five times the load is 90 % of its peak", this::goodputProblem);
    // The median, as the generator and the gateway share the machine; the 99th is printed.
    checkAtMost("a refusal takes (ms, median)", this::refusalMillis, 10);
    checkAtLeast("refusals", () -> answers.count(status -> status == 503), CAPACITY);
    load(
        gateway.url(),
        List.of(details("GET").failedRequests().count().is(0L)),
        scenario("ramp")
            .exec(
                get(session -> "GET", "/saturated")
                    .check(
                        status().in(200, 503).saveAs("status"),
                        responseTimeInMillis().saveAs("millis")))
            .exec(
                session -> {
                  if (session.contains("millis")) {
                    answers.add(session.getInt("status"), session.getInt("millis"));
                  }
                  return session;
                })
            .injectOpen(
                rampUsersPerSec(5).to(CAPACITY).during(WARM_UP),
                constantUsersPerSec(CAPACITY).during(seconds(5, 20)),
                rampUsersPerSec(CAPACITY).to(5 * CAPACITY).during(seconds(4, 20)),
                constantUsersPerSec(5 * CAPACITY).during(seconds(8, 30))));
  }

  private double refusalMillis() {
    System.out.println("refusals, 99th percentile: " + answers.millisAt(0.99, 503) + " ms");
    return answers.millisAt(0.5, 503);
  }

  private String goodputProblem() {
    List<Integer> seconds = answers.goodPerSecond();
    System.out.println("good answers in each second: " + seconds);
    double peak = 0;
    for (int i = 0; i + 3 <= seconds.size(); i++) {
      peak = Math.max(peak, mean(seconds.subList(i, i + 3)));
    }
    int end = seconds.size() - 1;
    double past = mean(seconds.subList(end - PLATEAU, end));
    return past >= 0.9 * peak ? "" : past + " a second (expected: 90 % of " + peak + ")";
  }

  private static double mean(List<Integer> counts) {
    return counts.stream().mapToInt(Integer::intValue).average().orElse(0);
  }
}
