package dev.weir.app.server;

import dev.weir.http.Response;
import dev.weir.http.Tunnel;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import reactor.core.publisher.Mono;

/**
 * The client's side of one exchange: what an {@link Exchange} needs of the protocol that carries
 * it. Confined to its event loop.
 *
 * <p>One of {@link #sendWhole}, {@link #sendHead} and {@link #join} is called, once, if there is an
 * answer; then one of {@link #answered} and {@link #cut}, once, in any case.
 */
interface ClientStream {

  EventLoop loop();

  /** Says in the fields how an answer will end whose length is not known. */
  void announceUnknownLength(HttpHeaders fields);

  /**
   * Sends a whole answer.
   *
   * @param content stays the caller's
   * @return done when the last byte has been handed to the network
   */
  ChannelFuture sendWhole(int status, HttpHeaders fields, ByteBuf content);

  /** Sends the head of an answer, of which more will come. */
  void sendHead(int status, HttpHeaders fields);

  /** Whether it takes more at once; when it does again, it says so by {@link Exchange#writable}. */
  boolean isWritable();

  /** Sends a piece of the answer, which it takes over. */
  void send(ByteBuf piece);

  /** Whether the answer that is being sent can have a trailer section. */
  boolean takesTrailers();

  /**
   * Sends the end of the answer.
   *
   * @param trailers empty, unless it takes some
   * @return done when the last byte has been handed to the network
   */
  ChannelFuture sendEnd(HttpHeaders trailers);

  /** Switches to the upstream's protocol (RFC 9110 §7.8), until one side ends. */
  Mono<Void> join(Response response, Tunnel tunnel);

  /** The answer is whole, and the exchange over. */
  void answered();

  /** The exchange is over, and its answer will never be whole: the client has to see that. */
  void cut();
}
