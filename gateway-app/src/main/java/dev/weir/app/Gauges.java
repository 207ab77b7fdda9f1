package dev.weir.app;

import dev.weir.app.redis.RedisRateLimiter;
import dev.weir.app.server.Connections;
import dev.weir.app.server.Listener;
import dev.weir.app.telemetry.LineWriter;
import dev.weir.app.telemetry.Metrics;
import dev.weir.app.tls.CertificateTerm;
import dev.weir.app.tls.FileContext;
import dev.weir.http.ReplayMemory;
import dev.weir.loop.LoopScheduler;
import dev.weir.ratelimit.InProcessLimiter;
import dev.weir.ratelimit.RateLimit;
import dev.weir.resilience.CircuitBreaker;
import dev.weir.resilience.ConcurrencyLimit;
import dev.weir.upstream.Connector;
import dev.weir.websocket.RouteWebSockets;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the parts of a gateway say of themselves when somebody asks. */
final class Gauges {

  private final Metrics metrics;

  Gauges(Metrics metrics) {
    this.metrics = metrics;
  }

  void ofConnector(String upstream, Connector connector) {
    metrics.gauge(
        "weir.upstream.connections.active",
        "Connections to endpoints that are in use",
        connector,
        c -> c.connections().active(),
        "upstream",
        upstream);
    metrics.gauge(
        "weir.upstream.connections.idle",
        "Connections to endpoints that wait to be used",
        connector,
        c -> c.connections().idle(),
        "upstream",
        upstream);
  }

  void ofBreaker(String upstream, CircuitBreaker breaker) {
    for (CircuitBreaker.Status status : CircuitBreaker.Status.values()) {
      metrics.gauge(
          "weir.breaker.state",
          "1 for the state that the circuit breaker is in",
          breaker,
          b -> b.status() == status ? 1 : 0,
          "upstream",
          upstream,
          "state",
          lowerCase(status));
    }
  }

  void ofLimit(String name, ConcurrencyLimit limit) {
    metrics.gauge(
        "weir.limit.in.use", "Permits that are out", limit, ConcurrencyLimit::inUse, "limit", name);
    metrics.gauge(
        "weir.limit.waiting",
        "Requests that wait for a permit",
        limit,
        ConcurrencyLimit::waiting,
        "limit",
        name);
    metrics.gauge(
        "weir.limit.max", "Permits that there are", limit, l -> l.policy().max(), "limit", name);
  }

  void ofRateLimit(RateLimit limit, InProcessLimiter limiter) {
    metrics.gauge(
        "weir.ratelimit.keys",
        "Keys for which this process keeps count",
        limiter,
        l -> l.keys(limit),
        "limit",
        limit.name());
  }

  void ofLeases(RedisRateLimiter limiter) {
    metrics.gauge(
        "weir.redis.leases",
        "Keys of which tokens were fetched ahead, once for each event loop that did",
        limiter,
        RedisRateLimiter::leasedKeys);
  }

  void ofWebSockets(RouteWebSockets webSockets) {
    metrics.gauge(
        "weir.websocket.open",
        "WebSockets that are open, or being opened",
        webSockets,
        RouteWebSockets::open,
        "route",
        webSockets.route());
    metrics.counter(
        "weir.websocket.messages",
        "Messages that have passed whole, by who sent them",
        webSockets,
        RouteWebSockets::messagesFromClients,
        "route",
        webSockets.route(),
        "from",
        "client");
    metrics.counter(
        "weir.websocket.messages",
        "Messages that have passed whole, by who sent them",
        webSockets,
        RouteWebSockets::messagesFromUpstreams,
        "route",
        webSockets.route(),
        "from",
        "upstream");
  }

  void ofListener(String name, Listener listener) {
    Connections connections = listener.connections();
    metrics.gauge(
        "weir.tls.handshakes",
        "TLS handshakes that have begun and not ended",
        listener,
        Listener::handshakes,
        "listener",
        name);
    metrics.gauge(
        "weir.connections",
        "Open connections of clients",
        connections,
        Connections::open,
        "listener",
        name);
    metrics.gauge(
        "weir.requests.in.flight",
        "Requests that are being answered",
        connections,
        Connections::inExchange,
        "listener",
        name);
    for (Connections.Cut cut : Connections.Cut.values()) {
      metrics.counter(
          "weir.connections.cut",
          "Connections of clients that were closed by us, by why",
          connections,
          c -> c.cut(cut),
          "listener",
          name,
          "reason",
          lowerCase(cut));
    }
  }

  void ofTls(FileContext context) {
    for (CertificateTerm certificate : context.certificates()) {
      Path file = certificate.file();
      metrics.gauge(
          "weir.tls.certificate.end",
          "When a certificate of ours expires, in seconds since 1970",
          context,
          c -> endOf(c, file),
          "of",
          context.name(),
          "file",
          file.toString());
    }
  }

  private static double endOf(FileContext context, Path file) {
    return context.certificates().stream()
        .filter(certificate -> certificate.file().equals(file))
        .mapToDouble(certificate -> certificate.end().getEpochSecond())
        .findFirst()
        .orElse(0);
  }

  void ofProcess(
      ReplayMemory replayMemory, LoopScheduler clock, @Nullable LineWriter<?> accessLog) {
    metrics.gauge(
        "weir.replay.bytes",
        "Memory that holds request bodies for a repetition",
        replayMemory,
        ReplayMemory::usedBytes);
    metrics.gauge("weir.timers", "Timers that are set", clock, LoopScheduler::pendingTimers);
    if (accessLog != null) {
      metrics.counter(
          "weir.log.dropped",
          "Lines that were lost",
          accessLog,
          LineWriter::dropped,
          "log",
          "access");
    }
  }

  private static String lowerCase(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
