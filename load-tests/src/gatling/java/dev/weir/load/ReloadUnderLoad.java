package dev.weir.load;

import static io.gatling.javaapi.core.CoreDsl.asLongAs;
import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.status;

import dev.weir.load.gateway.CertificateFiles;
import dev.weir.load.gateway.Pause;
import dev.weir.load.gateway.RunningGateway;
import dev.weir.load.upstream.Answer;
import dev.weir.load.upstream.MisbehavingUpstream;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Is a request or a handshake lost when certificates are renewed, again and again, and now and then
 * by a file that can't be used?
 */
public final class ReloadUnderLoad extends GatewaySimulation {

  private static final int CLIENTS = 20;
  private static final int ROUNDS = IS_SHORT ? 4 : 20;
  private static final Duration NOTICED = Duration.ofSeconds(20);

  private final CertificateFiles files = CertificateFiles.make(work, 2);
  private final RunningGateway gateway;
  private volatile boolean isOver;

  public ReloadUnderLoad() {
    MisbehavingUpstream upstream = upstream(path -> Answer.ok(1024).after(Duration.ofMillis(20)));
    gateway =
        gateway(
            "gateway",
            "reload-under-load.yaml",
            Map.of(
                "UPSTREAM", "127.0.0.1:" + upstream.port(),
                "CERTIFICATE", "" + files.certificate(),
                "KEY", "" + files.key()));
    checkAtLeast("certificates renewed", () -> events("certificates_renewed"), ROUNDS);
    checkAtLeast("certificates refused", () -> events("certificates_refused"), ROUNDS);
    load(
        gateway.tlsUrl(),
        List.of(
            details("GET on kept connections").failedRequests().count().is(0L),
            details("GET on new connections").failedRequests().count().is(0L)),
        scenario("renewals")
            .exec(beside("every change of the files is noticed", this::reloadOften))
            .injectOpen(atOnceUsers(1)),
        scenario("clients that stay")
            .exec(
                asLongAs(session -> !isOver, TURN)
                    .on(get(session -> "GET on kept connections", "/").check(status().is(200))))
            .injectOpen(atOnceUsers(CLIENTS)),
        scenario("clients that come anew")
            .exec(
                asLongAs(session -> !isOver, TURN)
                    .on(
                        get(session -> "GET on new connections", "/")
                            .header("Connection", "close")
                            .check(status().is(200)))
                    .pause(Duration.ofMillis(50)))
            .injectOpen(atOnceUsers(CLIENTS)));
  }

  private double events(String event) {
    return gateway.metrics().sum("weir_events_total", "event=\"" + event + "\"");
  }

  private void reloadOften() {
    try {
      for (int round = 0; round < ROUNDS; round++) {
        awaitAnother("certificates_refused", files::spoil);
        awaitAnother("certificates_renewed", files::renew);
      }
    } finally {
      isOver = true;
    }
  }

  private void awaitAnother(String event, Runnable change) {
    double before = events(event);
    change.run();
    if (!Pause.until(NOTICED, () -> events(event) > before)) {
      throw new IllegalStateException("no event " + event + " within " + NOTICED);
    }
  }
}
