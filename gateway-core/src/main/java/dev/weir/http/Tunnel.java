package dev.weir.http;

import io.netty.buffer.ByteBuf;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The far side of a connection that the upstream has agreed to switch to another protocol (RFC 9110
 * §7.8): bytes, both ways.
 */
public interface Tunnel {

  /**
   * Joins both sides until one has ended: {@code fromClient} goes to the upstream, and {@code
   * toClient} is given what comes from there. Each buffer belongs to whoever receives it.
   * Cancelling closes the upstream's side, as does the end of either.
   *
   * @param toClient delivers the upstream's bytes, and completes when they have been written
   */
  Mono<Void> join(Flux<ByteBuf> fromClient, Delivery toClient);

  /** Closes the upstream's side, if nobody ever joined. */
  void discard();

  /** How the client's side takes bytes. */
  @FunctionalInterface
  interface Delivery {
    Mono<Void> deliver(Flux<ByteBuf> bytes);
  }
}
