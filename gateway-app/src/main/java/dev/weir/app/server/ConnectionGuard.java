package dev.weir.app.server;

import dev.weir.http.Failure;
import dev.weir.loop.Moment;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.netty.NettyPipeline;

/**
 * Watches over one connection of a client, in front of the codec: that it does not stay idle for
 * too long, sends its requests' heads in time and takes what is sent to it ({@link
 * ConnectionWatch}); and that its end does not destroy the last answer ({@link LingeringClose}).
 */
final class ConnectionGuard extends ChannelDuplexHandler
    implements OpenConnection, ConnectionWatch.Watched {

  private final Connections connections;
  private final OpenRequests requests = new OpenRequests();
  private final LingeringClose lingering = new LingeringClose();
  private final ConnectionWatch watch;
  private @Nullable ChannelHandlerContext context;
  private @Nullable RequestSanity sanity;

  ConnectionGuard(ListenerPolicy policy, Scheduler clock, Connections connections) {
    this.connections = connections;
    this.watch = new ConnectionWatch(policy, clock, this);
  }

  void refuseWith(RequestSanity handler) {
    sanity = handler;
  }

  // What the handlers behind the codec say and ask

  OpenRequests requests() {
    return requests;
  }

  /** The codec has read a request's head, which says whether a body follows. */
  void requestBegins(HttpHeaders head, boolean hasBody) {
    requests.begin(head, hasBody);
    watch.exchangeBegins();
  }

  /** An exchange is over, answer and all. */
  void exchangeEnds(HttpHeaders ofRequest) {
    requests.end(ofRequest);
    if (requests.isEmpty()) {
      watch.exchangesEnd();
    }
  }

  void count(Connections.Cut cut) {
    connections.count(cut);
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

  // The end

  /** The connection goes on with other handlers, and this one is to go. */
  void handOver() {
    watch.closed();
  }

  /** Whether nothing more can be sent. */
  private boolean isClosed() {
    return watch.isLingering() || watch.isClosed();
  }

  /**
   * Closes the connection once it has had no request for a moment; for the end of the process. The
   * moment is for a request that is on its way, or here and not yet read.
   */
  @Override
  public void closeWhenIdle() {
    onLoop(watch::lastCall);
  }

  @Override
  public void closeNow() {
    onLoop(
        () -> {
          requests.received();
          if (context != null) {
            context.channel().close();
          }
        });
  }

  /**
   * The connection is to be closed behind the last bytes of a tunnel. What the client is still
   * sending must not reset it before it has read them.
   */
  void tunnelEnds(HttpHeaders ofRequest) {
    requests.receiveOn(ofRequest);
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

  // What the channel says

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    watch.opened(ctx.channel());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    watch.stop();
    connections.closed(this);
    ctx.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (isClosed()) {
      if (lingering.throwAway(message)) {
        finishClosing();
      }
      return;
    }
    Moment moment = Moment.begin();
    try {
      watch.received(message instanceof ByteBuf bytes ? bytes.readableBytes() : 0);
      ctx.fireChannelRead(message);
    } finally {
      moment.end();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    watch.readComplete(requests.isReceiving());
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    boolean isAnswered = requests.isReceiving() && !watch.isClosed();
    if (isAnswered && ctx.channel().isActive() && ctx.channel() instanceof DuplexChannel duplex) {
      // More than once, if we are told to close while we do.
      ctx.channel().closeFuture().addListener(closed -> promise.trySuccess());
      if (!watch.isLingering()) {
        watch.lingers();
        lingering.begin(ctx, duplex);
      }
    } else {
      watch.closed();
      ctx.close(promise);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (watch.isLingering() && event == ChannelInputShutdownEvent.INSTANCE) {
      // The client has closed its side, too.
      finishClosing();
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  // What the watch says

  @Override
  public void idleForTooLong() {
    cut(Connections.Cut.IDLE);
  }

  @Override
  public void takesNothing() {
    cut(Connections.Cut.WRITE_STALLED);
  }

  /** A client may wait for our word before it sends anything (RFC 9110 §10.1.1). */
  @Override
  public boolean isBodyWanted() {
    return context != null && context.channel().config().isAutoRead() && requests.isBodyBegun();
  }

  @Override
  public void bodyIsTooSlow() {
    if (sanity != null && requests.isReceiving()) {
      connections.count(Connections.Cut.SLOW_BODY);
      sanity.breakOff(Failure.CLIENT_STALLED.exception("the request's body comes too slowly"));
    }
  }

  private void cut(Connections.Cut why) {
    connections.count(why);
    closeNow();
  }

  @Override
  public void lastCallIsOver() {
    closeNow();
  }

  @Override
  public void headIsLate() {
    if (sanity != null) {
      connections.count(Connections.Cut.SLOW_HEAD);
      sanity.refuse(Failure.CLIENT_STALLED.exception("the request's head did not arrive in time"));
    }
  }

  @Override
  public void finishClosing() {
    if (!watch.isClosed() && context != null) {
      watch.closed();
      context.close();
    }
  }
}
