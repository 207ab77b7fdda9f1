package dev.weir.http;

import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The far side of a WebSocket whose handshake the upstream has accepted. */
public interface Tunnel {

  /** The subprotocol that the upstream chose, or null (RFC 6455 §4.2.2). */
  @Nullable String subprotocol();

  /**
   * Joins both sides until one has ended: {@code fromClient} goes to the upstream, and {@code
   * toClient} is given what comes from there. Each frame belongs to whoever receives it. Cancelling
   * closes the upstream's side.
   *
   * @param toClient delivers the upstream's frames, and completes when they have been written
   */
  Mono<Void> join(Flux<WebSocketFrame> fromClient, Delivery toClient);

  /** Closes the upstream's side, if nobody ever joined. */
  void discard();

  /** How the client's side takes frames. */
  @FunctionalInterface
  interface Delivery {
    Mono<Void> deliver(Flux<WebSocketFrame> frames);
  }
}
