package dev.weir.app.config;

import dev.weir.app.config.binding.Checked;
import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.OrOff;
import dev.weir.app.config.binding.Problems;
import dev.weir.app.config.binding.Range;
import dev.weir.app.config.binding.Shorthand;
import dev.weir.app.config.binding.Size;
import dev.weir.upstream.ConnectionPolicy;
import dev.weir.upstream.Protocol;
import dev.weir.upstream.Upstream.HostField;
import java.time.Duration;
import java.util.List;

/** A named set of endpoints that serve the same thing. */
@Doc("A set of endpoints that serve the same thing, and how they are treated.")
@Shorthand("endpoints")
public record UpstreamSettings(
    @Doc("Where it can be reached. Each request goes to the less busy of two at random.")
        @Size(min = 1, max = 256)
        List<EndpointUrl> endpoints,
    @Doc("What endpoints are told in the Host field.") @Default("preserve") HostField host,
    @Doc("For a connection to be open, the look-up of the name and TLS included.")
        @Default("1s")
        @Range(min = "1ms", max = "5m")
        Duration connectTimeout,
    @Doc(
            "What is spoken: `http1`; `http2`, in plain without asking, over TLS as the only one that"
                + " is offered; `auto`, what the endpoint chooses within TLS. gRPC needs HTTP/2.")
        @Default("http1")
        Protocol protocol,
    @Doc("Limits of HTTP/2.") @Default("{}") UpstreamHttp2Settings http2,
    @Doc("TLS with endpoints that begin with `https://`.") @Default("{}") UpstreamTlsSettings tls,
    @Doc(
            "A pooled connection that is not used is closed after this time; less than what the"
                + " endpoint itself allows.")
        @Default("30s")
        @Range(min = "100ms", max = "1d")
        Duration idle,
    @Doc("A connection is not used again once it is as old as this, so that new names are found.")
        @Default("1h")
        @Range(min = "1s", max = "30d")
        Duration lifetime,
    @Doc("Connections to each endpoint that are kept open even if nobody needs them.")
        @Default("0")
        @Range(min = "0", max = "10000")
        int warm,
    @Doc("The head of an answer; a larger one is answered 502.")
        @Default("32KiB")
        @Range(min = "1KiB", max = "1MiB")
        ByteSize maxResponseHeaders,
    @Doc(
            "Requests with this upstream; `max` also bounds the connections to each endpoint"
                + " but for open WebSockets.")
        @Default("{max: 256, queue: 512, queue-timeout: 1s}")
        ConcurrencySettings concurrency,
    @Doc("When to leave the upstream alone for a while.") @Default("{}")
        OrOff<BreakerSettings> breaker,
    @Doc("How many repetitions the upstream can be asked to bear.") @Default("{}")
        RetryBudgetSettings retryBudget)
    implements Checked {

  @Override
  public void check(Problems at) {
    if (warm > concurrency.max()) {
      at.report("warm", "at most concurrency.max, " + concurrency.max());
    }
    boolean isPlain = endpoints.stream().anyMatch(endpoint -> endpoint.scheme().equals("http"));
    if (protocol == Protocol.AUTO && isPlain) {
      at.report("protocol", "http1 or http2, as nothing can be chosen with http:// endpoints");
    }
    for (int i = 1; i < endpoints.size(); i++) {
      if (endpoints.subList(0, i).stream().anyMatch(endpoints.get(i)::isSameAs)) {
        at.at("endpoints").at(i).report("each endpoint once");
      }
    }
  }

  public ConnectionPolicy connectionPolicy() {
    return new ConnectionPolicy(
        connectTimeout, concurrency.max(), idle, maxResponseHeaders.toInt(), lifetime, warm);
  }
}
