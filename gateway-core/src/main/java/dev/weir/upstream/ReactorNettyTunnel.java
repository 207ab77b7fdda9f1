package dev.weir.upstream;

import dev.weir.http.Body;
import dev.weir.http.Failure;
import dev.weir.http.Fields;
import dev.weir.http.HopByHop;
import dev.weir.http.Phase;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.http.Tunnel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

/** A WebSocket to an endpoint on Reactor Netty's client; its connection is never a pooled one. */
final class ReactorNettyTunnel implements Tunnel {

  private static final int MAX_FRAME_BYTES = 1 << 20;

  private final Connection connection;
  private final WebsocketInbound inbound;
  private final WebsocketOutbound outbound;

  private ReactorNettyTunnel(Connection connection) {
    this.connection = connection;
    this.inbound = (WebsocketInbound) connection;
    this.outbound = (WebsocketOutbound) connection;
  }

  /** The endpoint's answer to the handshake: 101, or whatever it says instead. */
  static Mono<Response> open(Request request, HttpClient client, HttpHeaders fields) {
    WebsocketClientSpec.Builder spec =
        WebsocketClientSpec.builder().handlePing(true).maxFramePayloadLength(MAX_FRAME_BYTES);
    String protocols = fields.get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
    if (protocols != null) {
      spec.protocols(protocols);
    }
    // The handshake's own fields are made anew for this hop.
    fields
        .remove(HttpHeaderNames.UPGRADE)
        .remove(HttpHeaderNames.SEC_WEBSOCKET_KEY)
        .remove(HttpHeaderNames.SEC_WEBSOCKET_VERSION)
        .remove(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL)
        .remove(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS);
    return client
        .headers(own -> own.set(fields))
        .websocket(spec.build())
        .uri(request.target().toString())
        .connect()
        .map(ReactorNettyTunnel::accepted)
        .doOnSubscribe(subscription -> request.progress().enter(Phase.HEAD))
        .onErrorResume(
            WebSocketClientHandshakeException.class, ReactorNettyTunnel::refusedByEndpoint);
  }

  private static Response accepted(Connection connection) {
    ReactorNettyTunnel tunnel = new ReactorNettyTunnel(connection);
    HttpHeaders fields = Fields.create().add(tunnel.inbound.headers());
    HopByHop.strip(fields);
    fields.remove(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT);
    return Response.switching(fields, tunnel);
  }

  private static Mono<Response> refusedByEndpoint(WebSocketClientHandshakeException refusal) {
    if (refusal.response() == null) {
      return Mono.error(
          Failure.UPSTREAM_INVALID.exception("WebSocket handshake: " + refusal.getMessage()));
    }
    HttpHeaders fields = Fields.create().add(refusal.response().headers());
    HopByHop.strip(fields);
    fields.remove(HttpHeaderNames.CONTENT_LENGTH);
    return Mono.just(Response.of(refusal.response().status().code(), fields, Body.empty()));
  }

  @Override
  public @Nullable String subprotocol() {
    return inbound.selectedSubprotocol();
  }

  @Override
  public Mono<Void> join(Flux<WebSocketFrame> fromClient, Delivery toClient) {
    Flux<WebSocketFrame> fromEndpoint =
        inbound
            .receiveFrames()
            .map(WebSocketFrame::retain)
            .concatWith(
                inbound
                    .receiveCloseStatus()
                    .filter(status -> status.code() > 0)
                    .map(status -> new CloseWebSocketFrame(status.code(), status.reasonText())));
    Mono<Void> toEndpoint = outbound.sendObject(fromClient).then();
    return Mono.firstWithSignal(toEndpoint, toClient.deliver(fromEndpoint))
        .doFinally(signal -> connection.dispose());
  }

  @Override
  public void discard() {
    connection.dispose();
  }
}
