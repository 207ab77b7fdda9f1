package dev.weir.upstream;

import dev.weir.http.Handler;
import dev.weir.http.Response;
import dev.weir.loop.EventLoops;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
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
  private final Map<Endpoint, LoopPools<Http2Pool>> endpoints = new ConcurrentHashMap<>();

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
    LoopPools<Http2Pool> pools = endpoints.computeIfAbsent(endpoint, this::begin);
    return request ->
        new Mono<>() {
          @Override
          public void subscribe(CoreSubscriber<? super Response> actual) {
            actual.onSubscribe(new Http2Call(actual, request, endpoint, pools.ofThisLoop()));
          }
        };
  }

  private LoopPools<Http2Pool> begin(Endpoint endpoint) {
    int warmEach = Math.min(LoopPools.warmEach(policy, loops.all()), http2.maxConnections());
    LoopPool.Shared shared =
        new LoopPool.Shared(endpoint.toString(), policy, loops.clock(), warmEach);
    LoopPools<Http2Pool> begun =
        new LoopPools<>(
            loops.all(), loop -> new Http2Pool(shared, http2, loop, pool -> open(endpoint, pool)));
    begun.warmUp();
    return begun;
  }

  private void open(Endpoint endpoint, Http2Pool pool) {
    Http2Opening.Alpn alpn = new Http2Opening.Alpn(tls, protocols, onOther);
    new Http2Opening(endpoint, policy, loops, pool, alpn).start();
  }

  @Override
  public Mono<Void> close() {
    return Mono.defer(
        () -> Mono.whenDelayError(endpoints.values().stream().map(LoopPools::close).toList()));
  }

  @Override
  public Connections connections() {
    return new Connections(
        sum(Http2Pool::active),
        sum(Http2Pool::idle),
        sum(Http2Pool::streams),
        sum(Http2Pool::waiting));
  }

  private int sum(ToIntFunction<Http2Pool> of) {
    return endpoints.values().stream().mapToInt(pools -> pools.sum(of)).sum();
  }
}
