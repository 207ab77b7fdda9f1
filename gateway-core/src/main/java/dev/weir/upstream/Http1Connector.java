package dev.weir.upstream;

import dev.weir.http.Handler;
import dev.weir.http.Response;
import dev.weir.loop.EventLoops;
import dev.weir.telemetry.Event;
import dev.weir.telemetry.Telemetry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * Speaks HTTP/1.1 (RFC 9112) straight on Netty's codec. An exchange stays on the event loop that it
 * began on: connection, timers and bytes are that loop's own.
 */
public final class Http1Connector implements Connector {

  private final EventLoops loops;
  private final ConnectionPolicy policy;
  private final EndpointTls tls;
  private final Runnable onPoison;
  private final Map<Endpoint, LoopPools<Http1Pool>> endpoints = new ConcurrentHashMap<>();

  /**
   * Without a connection so far.
   *
   * @param upstream for telemetry
   */
  public Http1Connector(
      String upstream,
      EventLoops loops,
      ConnectionPolicy policy,
      EndpointTls tls,
      Telemetry telemetry) {
    this.loops = loops;
    this.policy = policy;
    this.tls = tls;
    this.onPoison = () -> telemetry.count(Event.UPSTREAM_POISONED, upstream);
  }

  @Override
  public Handler to(Endpoint endpoint) {
    LoopPools<Http1Pool> pools = endpoints.computeIfAbsent(endpoint, this::begin);
    return request ->
        new Mono<>() {
          @Override
          public void subscribe(CoreSubscriber<? super Response> actual) {
            actual.onSubscribe(new Http1Call(actual, request, endpoint, pools.ofThisLoop()));
          }
        };
  }

  private LoopPools<Http1Pool> begin(Endpoint endpoint) {
    LoopPools<Http1Pool> begun =
        new Http1Endpoint(
                endpoint.toString(),
                policy,
                loops.all(),
                loops.clock(),
                pool -> new Http1Opening(endpoint, policy, loops, tls, pool).start(),
                onPoison)
            .pools();
    begun.warmUp();
    return begun;
  }

  @Override
  public Mono<Void> close() {
    return Mono.defer(
        () -> Mono.whenDelayError(endpoints.values().stream().map(LoopPools::close).toList()));
  }

  @Override
  public Connections connections() {
    int active = sum(Http1Pool::leased);
    return new Connections(active, sum(Http1Pool::idle), active, sum(Http1Pool::waiting));
  }

  private int sum(ToIntFunction<Http1Pool> of) {
    return endpoints.values().stream().mapToInt(pools -> pools.sum(of)).sum();
  }
}
