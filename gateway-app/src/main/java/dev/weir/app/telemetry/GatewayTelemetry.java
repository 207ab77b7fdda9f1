package dev.weir.app.telemetry;

import dev.weir.http.Failure;
import dev.weir.http.Outcome;
import dev.weir.http.Party;
import dev.weir.telemetry.Event;
import dev.weir.telemetry.LimitResult;
import dev.weir.telemetry.Telemetry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes on what happened: to the metrics, the access log and, where a person should know, the log.
 */
public final class GatewayTelemetry implements Telemetry {

  private static final Logger LOG = LoggerFactory.getLogger(GatewayTelemetry.class);

  private final Metrics metrics;
  private final @Nullable LineWriter<Outcome> accessLog;

  /**
   * To these.
   *
   * @param accessLog null for none
   */
  public GatewayTelemetry(Metrics metrics, @Nullable LineWriter<Outcome> accessLog) {
    this.metrics = metrics;
    this.accessLog = accessLog;
  }

  @Override
  public void requestEnded(Outcome outcome) {
    metrics.requestEnded(outcome);
    if (accessLog != null) {
      accessLog.write(outcome);
    }
  }

  @Override
  public void attemptEnded(String upstream, int status, @Nullable Failure failure, long nanos) {
    metrics.attemptEnded(upstream, status, failure, nanos);
  }

  @Override
  public void breakerChanged(String upstream, String from, String to, String why) {
    metrics.breakerChanged(upstream, from, to, why);
    LOG.info("upstream={} breaker {} to {}: {}", upstream, from, to, why);
  }

  @Override
  public void rateLimitAsked(String limit, LimitResult result) {
    metrics.rateLimitAsked(limit, result);
  }

  @Override
  public void webSocketClosed(String route, Party by, String how) {
    metrics.webSocketClosed(route, by, how);
  }

  @Override
  public void webSocketViolated(String route, Party by, String rule) {
    metrics.webSocketViolated(route, by, rule);
  }

  @Override
  public void count(Event event, String name) {
    metrics.count(event, name);
  }
}
