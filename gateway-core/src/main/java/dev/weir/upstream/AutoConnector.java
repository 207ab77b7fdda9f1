package dev.weir.upstream;

import dev.weir.http.Failure;
import dev.weir.http.Handler;
import dev.weir.http.WebSocketHandshake;
import dev.weir.loop.EventLoops;
import dev.weir.telemetry.Telemetry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/**
 * Speaks with each endpoint what it chooses within TLS (RFC 7301): HTTP/2 if it can, else HTTP/1.1.
 *
 * <p>One that has chosen HTTP/1.1 is taken at its word for as long as a connection may be used, and
 * then asked again. A WebSocket always goes over HTTP/1.1.
 */
public final class AutoConnector implements Connector {

  private static final List<String> PROTOCOLS = List.of("h2", "http/1.1");

  private final Http1Connector http1;
  private final Http2Connector http2;
  private final EventLoops loops;
  private final long memoryNanos;

  /** When endpoints last chose HTTP/1.1. */
  private final Map<Endpoint, Long> choseHttp1 = new ConcurrentHashMap<>();

  /**
   * Without a connection so far.
   *
   * @param upstream for telemetry
   */
  public AutoConnector(
      String upstream,
      EventLoops loops,
      ConnectionPolicy policy,
      Http2Policy http2,
      EndpointTls tls,
      Telemetry telemetry) {
    this.loops = loops;
    this.memoryNanos = policy.maxLifetime().toNanos();
    this.http1 = new Http1Connector(upstream, loops, policy, tls, telemetry);
    this.http2 =
        new Http2Connector(
            loops, policy, http2, tls, PROTOCOLS, endpoint -> choseHttp1.put(endpoint, now()));
  }

  private long now() {
    return loops.clock().now(TimeUnit.NANOSECONDS);
  }

  @Override
  public Handler to(Endpoint endpoint) {
    Handler old = http1.to(endpoint);
    Handler current = http2.to(endpoint);
    return request ->
        Mono.defer(
            () ->
                WebSocketHandshake.isWanted(request) || hasChosenHttp1(endpoint)
                    ? old.handle(request)
                    : current
                        .handle(request)
                        .onErrorResume(
                            error -> isAboutChoice(error) && hasChosenHttp1(endpoint),
                            error -> old.handle(request)));
  }

  private boolean hasChosenHttp1(Endpoint endpoint) {
    Long at = choseHttp1.get(endpoint);
    return at != null && now() - at < memoryNanos;
  }

  /** Nothing of the request has been sent by then. */
  private static boolean isAboutChoice(Throwable error) {
    return Failure.of(error) == Failure.UPSTREAM_TLS_FAILED;
  }

  @Override
  public Mono<Void> close() {
    return Mono.whenDelayError(http1.close(), http2.close());
  }

  @Override
  public Connections connections() {
    Connections one = http1.connections();
    Connections other = http2.connections();
    return new Connections(
        one.active() + other.active(),
        one.idle() + other.idle(),
        one.calls() + other.calls(),
        one.waiting() + other.waiting());
  }
}
