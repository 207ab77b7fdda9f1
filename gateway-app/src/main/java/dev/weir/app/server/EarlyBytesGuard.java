package dev.weir.app.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Frees bytes that come behind a WebSocket handshake before there is a WebSocket, and closes their
 * connection: the codec, when it leaves the pipeline, hands on what it had not decoded, and nobody
 * behind it would free that.
 */
final class EarlyBytesGuard extends ChannelInboundHandlerAdapter {

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf leftover) {
      leftover.release();
      ctx.close();
    } else {
      ctx.fireChannelRead(message);
    }
  }
}
