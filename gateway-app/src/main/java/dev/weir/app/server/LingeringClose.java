package dev.weir.app.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * The end of a connection whose client is still sending. If it were closed, it would be reset, and
 * the answer with it before the client has read it. So we first say that we are done, then read on
 * for a short while and throw away what comes (RFC 9112 §9.6).
 */
final class LingeringClose {

  static final long NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long MAX_BYTES = 16L << 20;

  private long thrownAway;

  void begin(ChannelHandlerContext ctx, DuplexChannel duplex) {
    shutdownOutput(ctx, duplex);
    ctx.channel().config().setAutoRead(true);
  }

  /** Of TLS the client is told before, or it can't know that it has the answer whole. */
  private static void shutdownOutput(ChannelHandlerContext ctx, DuplexChannel duplex) {
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    if (tls == null) {
      duplex.shutdownOutput();
    } else {
      tls.closeOutbound().addListener(told -> duplex.shutdownOutput());
    }
  }

  /** Takes what came; whether that was enough of it. */
  boolean throwAway(Object message) {
    thrownAway += message instanceof ByteBuf buffer ? buffer.readableBytes() : 0;
    ReferenceCountUtil.release(message);
    return thrownAway > MAX_BYTES;
  }
}
