package dev.weir.app.demo;

import dev.weir.http.WebSocketHandshake;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/** One server that plays all of them, by the first segment of the path. */
public final class DemoUpstreams {

  private static final Duration SLOW = Duration.ofSeconds(3);

  private final AtomicInteger asked = new AtomicInteger();
  private final DisposableServer server;

  private DemoUpstreams(LoopResources loops) {
    this.server =
        HttpServer.create()
            .bindAddress(() -> new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .runOn(loops)
            .handle(this::answer)
            .bindNow();
  }

  /** Starts them on a free port of this machine; blocks until they can be asked. */
  public static DemoUpstreams start(LoopResources loops) {
    return new DemoUpstreams(loops);
  }

  public int port() {
    return server.port();
  }

  public Mono<Void> close() {
    return Mono.defer(
        () -> {
          server.dispose();
          return server.onDispose();
        });
  }

  private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
    String path = request.uri();
    if (path.startsWith("/flaky")) {
      return flaky(response);
    }
    if (path.startsWith("/slow")) {
      return Mono.delay(SLOW).then(text(response, "at last\n"));
    }
    if (path.startsWith("/broken")) {
      return response.status(500).send();
    }
    if (path.startsWith("/echo")) {
      return echo(request, response);
    }
    if (path.startsWith("/clock")) {
      return clock(response);
    }
    if (path.startsWith("/ws")) {
      return WebSocketHandshake.isWanted(request.requestHeaders())
          ? response.sendWebsocket(
              (in, out) -> out.sendString(in.receive().asString().map(word -> "echo: " + word)))
          : response.status(426).header(HttpHeaderNames.UPGRADE, "websocket").send();
    }
    return text(response, "hello from a steady upstream\n");
  }

  private static Mono<Void> text(HttpServerResponse response, String text) {
    return response
        .header(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
        .sendString(Mono.just(text))
        .then();
  }

  /** Two of three requests fail. */
  private Mono<Void> flaky(HttpServerResponse response) {
    int turn = asked.getAndIncrement();
    return turn % 3 == 2
        ? text(response, "hello from a flaky upstream\n")
        : response.status(503).send();
  }

  /** What was received: the request line, all fields, the body. */
  private static Mono<Void> echo(HttpServerRequest request, HttpServerResponse response) {
    StringBuilder head = new StringBuilder();
    head.append(request.method()).append(' ').append(request.uri()).append('\n');
    request
        .requestHeaders()
        .forEach(
            field ->
                head.append(field.getKey()).append(": ").append(field.getValue()).append('\n'));
    return response
        .header(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
        .sendString(
            Flux.just(head.append('\n').toString())
                .concatWith(request.receive().asString())
                .concatWithValues("\n"))
        .then();
  }

  /** Server-sent events, one a second. */
  private static Mono<Void> clock(HttpServerResponse response) {
    return response
        .sse()
        .sendString(
            Flux.interval(Duration.ZERO, Duration.ofSeconds(1))
                .onBackpressureDrop()
                .map(tick -> "data: " + now() + "\n\n"),
            StandardCharsets.UTF_8)
        .then();
  }

  private static Instant now() {
    return InstantSource.system().instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
