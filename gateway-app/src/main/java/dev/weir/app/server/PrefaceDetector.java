package dev.weir.app.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import java.util.List;
import java.util.function.Consumer;

/**
 * Looks at the first bytes of a connection: whether the client begins with the preface of HTTP/2,
 * knowing that we speak it (RFC 9113 §3.3). Then it goes.
 */
final class PrefaceDetector extends ByteToMessageDecoder {

  private final Consumer<ChannelHandlerContext> onPreface;

  PrefaceDetector(Consumer<ChannelHandlerContext> onPreface) {
    this.onPreface = onPreface;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
    try {
      int length = Math.min(in.readableBytes(), preface.readableBytes());
      if (!ByteBufUtil.equals(in, in.readerIndex(), preface, preface.readerIndex(), length)) {
        ctx.pipeline().remove(this);
      } else if (length == preface.readableBytes()) {
        onPreface.accept(ctx);
        ctx.pipeline().remove(this);
      }
    } finally {
      preface.release();
    }
  }
}
