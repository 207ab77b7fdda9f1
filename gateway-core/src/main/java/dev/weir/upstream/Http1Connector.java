package dev.weir.upstream;

import dev.weir.http.Handler;
import dev.weir.http.Response;
import dev.weir.loop.EventLoops;
import dev.weir.telemetry.Event;
import dev.weir.telemetry.Telemetry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
  private final Map<Endpoint, Http1Endpoint> endpoints = new ConcurrentHashMap<>();

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
    Http1Endpoint connections = endpoints.computeIfAbsent(endpoint, this::begin);
    return request ->
        new Mono<>() {
          @Override
          public void subscribe(CoreSubscriber<? super Response> actual) {
            Http1Pool pool = connections.poolOfThisLoop();
            actual.onSubscribe(new Http1Call(actual, request, endpoint, pool));
          }
        };
  }

  private Http1Endpoint begin(Endpoint endpoint) {
    Http1Endpoint begun =
        new Http1Endpoint(
            endpoint.toString(),
            policy,
            loops.all(),
            loops.clock(),
            pool -> new Http1Opening(endpoint, policy, loops, tls, pool).start(),
            onPoison);
    begun.warmUp();
    return begun;
  }

  @Override
  public Mono<Void> close() {
    return Mono.defer(
        () -> Mono.whenDelayError(endpoints.values().stream().map(Http1Endpoint::close).toList()));
  }

  @Override
  public Connections connections() {
    int active = endpoints.values().stream().mapToInt(Http1Endpoint::leased).sum();
    int idle = endpoints.values().stream().mapToInt(Http1Endpoint::idle).sum();
    int waiting = endpoints.values().stream().mapToInt(Http1Endpoint::waiting).sum();
    return new Connections(active, idle, active, waiting);
  }
}
