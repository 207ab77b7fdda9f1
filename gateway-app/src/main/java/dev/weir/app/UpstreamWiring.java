package dev.weir.app;

import dev.weir.app.config.BreakerSettings;
import dev.weir.app.config.EndpointUrl;
import dev.weir.app.config.UpstreamSettings;
import dev.weir.app.config.UpstreamTlsSettings;
import dev.weir.app.tls.ClientTls;
import dev.weir.app.tls.FileContext;
import dev.weir.resilience.CircuitBreaker;
import dev.weir.resilience.RetryBudget;
import dev.weir.upstream.AutoConnector;
import dev.weir.upstream.ConnectionPolicy;
import dev.weir.upstream.Connector;
import dev.weir.upstream.Endpoint;
import dev.weir.upstream.EndpointTls;
import dev.weir.upstream.Http1Connector;
import dev.weir.upstream.Http2Connector;
import dev.weir.upstream.Http2Policy;
import dev.weir.upstream.Upstream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From the settings of an upstream to its endpoints, connections, limits and breaker. */
final class UpstreamWiring {

  private static final Logger LOG = LoggerFactory.getLogger(UpstreamWiring.class);

  private final ProcessParts parts;

  UpstreamWiring(ProcessParts parts) {
    this.parts = parts;
  }

  /** One upstream, shown by its name. */
  Upstream upstream(String name, UpstreamSettings upstream) throws IOException {
    List<Endpoint> endpoints = upstream.endpoints().stream().map(EndpointUrl::endpoint).toList();
    return new Upstream(
        name,
        endpoints,
        connector(name, upstream),
        parts.limit("upstream " + name, upstream.concurrency().policy()),
        new RetryBudget(
            upstream.retryBudget().percent().value(),
            upstream.retryBudget().minPerSecond(),
            parts.loops().clock()),
        breaker(name, upstream),
        upstream.host());
  }

  private Connector connector(String name, UpstreamSettings upstream) throws IOException {
    ConnectionPolicy policy = upstream.connectionPolicy();
    Http2Policy http2 = upstream.http2().policy();
    EndpointTls tls = endpointTls(name, upstream);
    Connector connector =
        switch (upstream.protocol()) {
          case HTTP1 -> new Http1Connector(name, parts.loops(), policy, tls, parts.telemetry());
          case HTTP2 -> new Http2Connector(parts.loops(), policy, http2, tls);
          case AUTO ->
              new AutoConnector(name, parts.loops(), policy, http2, tls, parts.telemetry());
        };
    parts.gauges().ofConnector(name, connector);
    return connector;
  }

  /** The authorities that Java trusts take a while to be read, so only where they are needed. */
  private EndpointTls endpointTls(String name, UpstreamSettings upstream) throws IOException {
    if (upstream.endpoints().stream().noneMatch(endpoint -> endpoint.scheme().equals("https"))) {
      return EndpointTls.none();
    }
    UpstreamTlsSettings tls = upstream.tls();
    if (tls.verification() == UpstreamTlsSettings.Verification.DANGEROUSLY_NONE) {
      LOG.warn("upstream={}: certificates of endpoints are NOT verified", name);
    }
    FileContext context =
        parts.tlsFiles().open("upstream " + name, ClientTls.files(tls), () -> ClientTls.make(tls));
    return new EndpointTls(context, tls.serverName());
  }

  private @Nullable CircuitBreaker breaker(String name, UpstreamSettings upstream) {
    BreakerSettings breakerSettings = upstream.breaker().on();
    if (breakerSettings == null) {
      return null;
    }
    CircuitBreaker breaker =
        new CircuitBreaker(
            breakerSettings.policy(),
            parts.loops().clock(),
            (from, to, why) -> parts.telemetry().breakerChanged(name, from.name(), to.name(), why));
    parts.gauges().ofBreaker(name, breaker);
    return breaker;
  }
}
