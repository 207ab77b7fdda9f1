package dev.weir.app.redis;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * Puts TLS into a connection to Redis as soon as it is known where that goes, and tells Lettuce of
 * the connection when the handshake is done. The context was made at the start: Lettuce would make
 * one for each connection, on the event loop, out of files.
 */
final class TlsOnConnect extends ChannelDuplexHandler {

  private final SslContext context;
  private final Duration timeout;

  /**
   * For one connection.
   *
   * @param timeout for the handshake
   */
  TlsOnConnect(SslContext context, Duration timeout) {
    this.context = context;
    this.timeout = timeout;
  }

  @Override
  public void connect(
      ChannelHandlerContext ctx,
      SocketAddress remote,
      SocketAddress local,
      ChannelPromise promise) {
    InetSocketAddress to = (InetSocketAddress) remote;
    SslHandler tls = context.newHandler(ctx.alloc(), to.getHostString(), to.getPort());
    tls.setHandshakeTimeoutMillis(timeout.toMillis());
    ctx.pipeline().addBefore(ctx.name(), null, tls);
    ctx.connect(to, local, promise);
  }

  /** Not yet. */
  @Override
  public void channelActive(ChannelHandlerContext ctx) {}

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        ctx.fireChannelActive();
        ctx.pipeline().remove(this);
      } else {
        ctx.fireExceptionCaught(handshake.cause());
      }
    }
    ctx.fireUserEventTriggered(event);
  }
}
