package dev.weir.upstream;

import dev.weir.http.Handler;
import dev.weir.http.Response;
import dev.weir.loop.EventLoops;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * Speaks HTTP/2 (RFC 9113) on Netty's codec below frames as objects. Many exchanges share a
 * connection, each on a stream of its own; connections belong to one event loop, on which their
 * exchanges began and stay.
 *
 * <p>Cancelling a call, or discarding an answer's body, resets its stream and leaves the connection
 * to the others.
 */
public final class Http2Connector implements Connector {

  private final EventLoops loops;
  private final ConnectionPolicy policy;
  private final Http2Policy http2;
  private final EndpointTls tls;
  private final List<String> protocols;
  private final Consumer<Endpoint> onOther;
  private final Map<Endpoint, Http2Endpoint> endpoints = new ConcurrentHashMap<>();

  /** Without a connection so far; over TLS it offers nothing but HTTP/2. */
  public Http2Connector(
      EventLoops loops, ConnectionPolicy policy, Http2Policy http2, EndpointTls tls) {
    this(loops, policy, http2, tls, List.of("h2"), endpoint -> {});
  }

  /**
   * Without a connection so far.
   *
   * @param protocols to offer over TLS, the best first
   * @param onOther is told of an endpoint that chose another than HTTP/2, before calls fail for
   *     that with UPSTREAM_TLS_FAILED
   */
  Http2Connector(
      EventLoops loops,
      ConnectionPolicy policy,
      Http2Policy http2,
      EndpointTls tls,
      List<String> protocols,
      Consumer<Endpoint> onOther) {
    this.loops = loops;
    this.policy = policy;
    this.http2 = http2;
    this.tls = tls;
    this.protocols = protocols;
    this.onOther = onOther;
  }

  @Override
  public Handler to(Endpoint endpoint) {
    Http2Endpoint connections = endpoints.computeIfAbsent(endpoint, this::begin);
    return request ->
        new Mono<>() {
          @Override
          public void subscribe(CoreSubscriber<? super Response> actual) {
            Http2Pool pool = connections.poolOfThisLoop();
            actual.onSubscribe(new Http2Call(actual, request, endpoint, pool));
          }
        };
  }

  private Http2Endpoint begin(Endpoint endpoint) {
    Http2Endpoint begun =
        new Http2Endpoint(
            endpoint.toString(),
            policy,
            http2,
            loops,
            pool ->
                new Http2Opening(
                        endpoint,
                        policy,
                        loops,
                        pool,
                        new Http2Opening.Alpn(tls, protocols, onOther))
                    .start());
    begun.warmUp();
    return begun;
  }

  @Override
  public Mono<Void> close() {
    return Mono.defer(
        () -> Mono.whenDelayError(endpoints.values().stream().map(Http2Endpoint::close).toList()));
  }

  @Override
  public Connections connections() {
    Collection<Http2Endpoint> all = endpoints.values();
    return new Connections(
        all.stream().mapToInt(Http2Endpoint::active).sum(),
        all.stream().mapToInt(Http2Endpoint::idle).sum(),
        all.stream().mapToInt(Http2Endpoint::streams).sum(),
        all.stream().mapToInt(Http2Endpoint::waiting).sum());
  }
}
