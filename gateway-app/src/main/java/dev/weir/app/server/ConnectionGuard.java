package dev.weir.app.server;

import dev.weir.http.Failure;
import dev.weir.http.HopByHop;
import dev.weir.http.Informational;
import dev.weir.http.WebSocketHandshake;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.ReferenceCountUtil;
import java.util.IdentityHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.netty.NettyPipeline;

/**
 * Watches over one connection of a client, in front of the codec: that it does not stay idle for
 * too long, sends its requests' heads in time and takes what is sent to it; and that its end does
 * not destroy the last answer.
 *
 * <p>One timer serves all of that. A request costs it two notes of the time.
 *
 * <p>A connection that is closed while its client is still sending would be reset, and the answer
 * with it before the client has read it. So we first say that we are done, then read on for a short
 * while and throw away what comes (RFC 9112 §9.6).
 */
final class ConnectionGuard extends ChannelDuplexHandler {

  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long LAST_CALL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long MAX_LINGER_BYTES = 16L << 20;
  private static final long MIN_WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private enum State {
    IDLE,
    READING_HEAD,
    IN_EXCHANGE,
    LINGERING,
    CLOSED
  }

  private final long idleNanos;
  private final long headerNanos;
  private final long stallNanos;
  private final Scheduler clock;
  private final Connections connections;

  /** By the header fields of their request: more than one can be on its way. Rarely used. */
  private final IdentityHashMap<HttpHeaders, HttpHeaders> requestTrailers =
      new IdentityHashMap<>(0);

  private @Nullable HttpHeaders switching;
  private State state = State.IDLE;
  private long sinceNanos;
  private int requestsOpen;

  /** Of the request that is being received, as long as its body is not here whole. */
  private @Nullable HttpHeaders receiving;

  private boolean isClosing;
  private long lastPendingBytes;
  private long pendingSinceNanos;
  private long lingeredBytes;
  private @Nullable ChannelHandlerContext context;
  private @Nullable RequestSanity sanity;
  private @Nullable Disposable timer;
  private long timerAtNanos;

  ConnectionGuard(ListenerPolicy policy, Scheduler clock, Connections connections) {
    this.idleNanos = policy.idle().toNanos();
    this.headerNanos = policy.headerTimeout().toNanos();
    this.stallNanos = policy.writeStall().toNanos();
    this.clock = clock;
    this.connections = connections;
  }

  void refuseWith(RequestSanity handler) {
    sanity = handler;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    enter(State.IDLE);
    watch(Math.min(idleNanos, stallNanos / 2));
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stopWatching();
    connections.closed(this);
    ctx.fireChannelInactive();
  }

  private long now() {
    return clock.now(TimeUnit.NANOSECONDS);
  }

  private void enter(State next) {
    state = next;
    sinceNanos = now();
  }

  /** The codec has read a request's head, which says whether a body follows. */
  void requestBegins(HttpHeaders head, boolean hasBody) {
    requestsOpen++;
    receiving = hasBody ? head : null;
    switching = WebSocketHandshake.isWanted(head) ? head : switching;
    state = State.IN_EXCHANGE;
  }

  /** Whether a request is being answered that may turn the connection over to another protocol. */
  boolean isSwitching() {
    return switching != null;
  }

  void count(Connections.Cut cut) {
    connections.count(cut);
  }

  /** The codec has read a request's last byte. */
  void requestEnds() {
    receiving = null;
  }

  /** The trailer section of the request with these header fields has been read. */
  void keepTrailers(HttpHeaders ofRequest, HttpHeaders trailers) {
    requestTrailers.put(ofRequest, trailers);
  }

  /** The trailer section of the request with these header fields, if it has been read. */
  HttpHeaders trailers(HttpHeaders ofRequest) {
    return requestTrailers.getOrDefault(ofRequest, EmptyHttpHeaders.INSTANCE);
  }

  /**
   * Sends an answer before the answer, past the codec: that would take it for the answer.
   *
   * @param response in the last words of its owner, who must not have begun to answer
   */
  void sendInformational(Informational response) {
    ChannelHandlerContext ctx = context;
    if (ctx != null && state == State.IN_EXCHANGE) {
      HttpHeaders fields = response.headers().copy();
      HopByHop.strip(fields);
      ctx.writeAndFlush(
          HeadEncoder.encode(ctx.alloc(), response.status(), fields), ctx.voidPromise());
    }
  }

  /** Lets bytes past the codec from now on, both ways. */
  ClientTunnel switchProtocol() {
    if (context == null) {
      throw new IllegalStateException("not on a channel");
    }
    ClientTunnel tunnel = new ClientTunnel();
    context.pipeline().addBefore(NettyPipeline.HttpCodec, "weir.tunnel", tunnel);
    return tunnel;
  }

  /** Ends the response that is being written with a trailer section. */
  void writeTrailers(HttpHeaders trailers) {
    if (context != null) {
      ChannelPipeline pipeline = context.pipeline();
      pipeline.addAfter(NettyPipeline.HttpCodec, null, new TrailerWriter(trailers));
    }
  }

  /** Whether the client may still be sending the request with these header fields. */
  boolean isReceiving(HttpHeaders ofRequest) {
    return receiving == ofRequest;
  }

  /** Whether nothing more can be sent. */
  boolean isClosed() {
    return state == State.LINGERING || state == State.CLOSED;
  }

  /** An exchange is over, answer and all. */
  void exchangeEnds(HttpHeaders ofRequest) {
    requestTrailers.remove(ofRequest);
    switching = switching == ofRequest ? null : switching;
    requestsOpen--;
    if (requestsOpen == 0 && state == State.IN_EXCHANGE) {
      enter(State.IDLE);
      if (isClosing) {
        watch(LAST_CALL_NANOS);
      }
    }
  }

  /**
   * Closes the connection once it has had no request for a moment; for the end of the process. The
   * moment is for a request that is on its way, or here and not yet read.
   */
  void closeWhenIdle() {
    onLoop(
        () -> {
          isClosing = true;
          if (state == State.IDLE) {
            enter(State.IDLE);
            watch(LAST_CALL_NANOS);
          }
        });
  }

  /** Closes the connection, whatever it does. */
  void closeNow() {
    onLoop(
        () -> {
          receiving = null;
          if (context != null) {
            context.channel().close();
          }
        });
  }

  /**
   * Closes the connection behind the last bytes of a tunnel. What the client is still sending must
   * not reset it before it has read them.
   */
  void closeTunnel(HttpHeaders ofRequest) {
    receiving = ofRequest;
    if (context != null) {
      context.channel().close();
    }
  }

  private void onLoop(Runnable task) {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      return;
    }
    if (ctx.executor().inEventLoop()) {
      task.run();
    } else {
      ctx.executor().execute(task);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (state == State.LINGERING || state == State.CLOSED) {
      throwAway(ctx, message);
      return;
    }
    if (state == State.IDLE) {
      enter(State.READING_HEAD);
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (state == State.READING_HEAD) {
      watch(headerNanos);
    }
    ctx.fireChannelReadComplete();
  }

  private void throwAway(ChannelHandlerContext ctx, Object message) {
    lingeredBytes += message instanceof ByteBuf buffer ? buffer.readableBytes() : 0;
    ReferenceCountUtil.release(message);
    if (lingeredBytes > MAX_LINGER_BYTES) {
      finishClosing(ctx);
    }
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    boolean isAnswered = receiving != null && state != State.CLOSED;
    if (isAnswered && ctx.channel().isActive() && ctx.channel() instanceof DuplexChannel duplex) {
      // More than once: Reactor Netty closes behind the answer, and again when it is done with it.
      ctx.channel().closeFuture().addListener(closed -> promise.trySuccess());
      linger(ctx, duplex);
    } else {
      state = State.CLOSED;
      stopWatching();
      ctx.close(promise);
    }
  }

  private void linger(ChannelHandlerContext ctx, DuplexChannel duplex) {
    if (state != State.LINGERING) {
      enter(State.LINGERING);
      duplex.shutdownOutput();
      ctx.channel().config().setAutoRead(true);
      watch(LINGER_NANOS);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (state == State.LINGERING && event == ChannelInputShutdownEvent.INSTANCE) {
      // The client has closed its side, too.
      finishClosing(ctx);
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  private void finishClosing(ChannelHandlerContext ctx) {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    stopWatching();
    ctx.close();
  }

  /** Looks again at the latest after so long. */
  private void watch(long nanos) {
    long at = now() + Math.max(nanos, MIN_WATCH_NANOS);
    if (timer != null && !timer.isDisposed() && timerAtNanos <= at) {
      return;
    }
    stopWatching();
    timerAtNanos = at;
    timer = clock.schedule(this::look, at - now(), TimeUnit.NANOSECONDS);
  }

  private void stopWatching() {
    if (timer != null) {
      timer.dispose();
      timer = null;
    }
  }

  private void look() {
    timer = null;
    ChannelHandlerContext ctx = context;
    if (ctx == null || !ctx.channel().isActive()) {
      return;
    }
    long elapsed = now() - sinceNanos;
    switch (state) {
      case IDLE -> lookAtIdle(elapsed);
      case READING_HEAD -> lookAtHead(elapsed);
      case IN_EXCHANGE -> lookAtWrites(ctx);
      case LINGERING -> finishClosing(ctx);
      case CLOSED -> {}
    }
  }

  private void lookAtIdle(long elapsed) {
    if (isClosing && elapsed >= LAST_CALL_NANOS) {
      closeNow();
    } else if (isClosing) {
      watch(LAST_CALL_NANOS - elapsed);
    } else if (elapsed >= idleNanos) {
      connections.count(Connections.Cut.IDLE);
      closeNow();
    } else {
      watch(Math.min(idleNanos - elapsed, stallNanos / 2));
    }
  }

  private void lookAtHead(long elapsed) {
    if (elapsed < headerNanos) {
      watch(headerNanos - elapsed);
    } else if (sanity != null) {
      connections.count(Connections.Cut.SLOW_HEAD);
      sanity.refuse(Failure.CLIENT_STALLED.exception("the request's head did not arrive in time"));
      watch(stallNanos);
    }
  }

  private void lookAtWrites(ChannelHandlerContext ctx) {
    ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
    long pending = buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
    if (pending == 0 || pending != lastPendingBytes) {
      lastPendingBytes = pending;
      pendingSinceNanos = now();
    } else if (now() - pendingSinceNanos >= stallNanos) {
      connections.count(Connections.Cut.WRITE_STALLED);
      closeNow();
      return;
    }
    watch(stallNanos / 4);
  }
}
