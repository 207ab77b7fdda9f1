package dev.weir.filter;

import dev.weir.http.Failure;
import dev.weir.http.Filter;
import dev.weir.http.Handler;
import dev.weir.http.Quoted;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.http.Tunnel;
import dev.weir.http.WebSocketExtensions;
import dev.weir.http.WebSocketHandshake;
import dev.weir.websocket.RouteWebSockets;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Decides who may open a WebSocket, and judges what passes through those that are open. A route
 * that takes none forwards the wish for one as the plain request that it is besides (RFC 9110
 * §7.8), if it came over HTTP/1.1; over HTTP/2 it is nothing else.
 */
public final class WebSocketFilter implements Filter {

  private final @Nullable RouteWebSockets webSockets;

  /**
   * For the WebSockets of a route.
   *
   * @param webSockets null if it takes none
   */
  public WebSocketFilter(@Nullable RouteWebSockets webSockets) {
    this.webSockets = webSockets;
  }

  @Override
  public Mono<Response> filter(Request request, Handler next) {
    if (!WebSocketHandshake.isWanted(request)) {
      return next.handle(request);
    }
    if (webSockets == null && isOnStream(request)) {
      return Mono.error(Failure.PROTOCOL_NOT_SUPPORTED.exception("the route takes no WebSockets"));
    }
    if (webSockets == null) {
      return next.handle(request.withHeaders(request.headers().copy().remove("upgrade")));
    }
    return open(request, next, webSockets);
  }

  /** Over HTTP/2, where any 2xx means that the stream is a WebSocket from now on (RFC 8441 §5). */
  private static boolean isOnStream(Request request) {
    return request.client().version().majorVersion() == 2;
  }

  private static Mono<Response> open(Request request, Handler next, RouteWebSockets webSockets) {
    return Mono.defer(
        () -> {
          checkOrigin(request, webSockets);
          webSockets.enter();
          AtomicBoolean isIn = new AtomicBoolean(true);
          Runnable leave =
              () -> {
                if (isIn.compareAndSet(true, false)) {
                  webSockets.leave();
                }
              };
          Request offer = offering(request, webSockets.policy().isCompressionKept());
          return Mono.defer(() -> next.handle(offer))
              .map(response -> opened(request, response, webSockets, leave))
              .doOnError(error -> leave.run())
              .doOnCancel(leave);
        });
  }

  private static void checkOrigin(Request request, RouteWebSockets webSockets) {
    List<String> origins = request.headers().getAll(HttpHeaderNames.ORIGIN);
    String origin = origins.isEmpty() ? null : origins.get(0);
    boolean isAllowed =
        origins.size() < 2 && webSockets.policy().origins().allows(origin, request.client().host());
    if (!isAllowed) {
      throw Failure.ORIGIN_REFUSED.exception("origin: " + Quoted.of(String.join(", ", origins)));
    }
  }

  /** The extensions that we can follow; what else the client offers stays with us. */
  private static Request offering(Request request, boolean isCompressionKept) {
    HttpHeaders given = request.headers();
    if (!given.contains(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)) {
      return request;
    }
    HttpHeaders headers = given.copy().remove(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS);
    String offer = isCompressionKept ? WebSocketExtensions.deflateOffers(given) : "";
    if (!offer.isEmpty()) {
      headers.set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, offer);
    }
    return request.withHeaders(headers);
  }

  private static Response opened(
      Request request, Response response, RouteWebSockets webSockets, Runnable leave) {
    Tunnel tunnel = response.tunnel();
    if (tunnel == null) {
      if (isOnStream(request) && response.status() / 100 == 2) {
        response.discard();
        throw Failure.UPSTREAM_INVALID.exception(
            response.status() + " to a WebSocket handshake (expected: 101, or a refusal)");
      }
      leave.run();
      return response;
    }
    boolean isDeflated = WebSocketExtensions.hasDeflate(response.headers());
    return response
        .withTunnel(webSockets.judged(tunnel, isDeflated, request.progress()))
        .onEnd(ending -> leave.run());
  }
}
