package dev.weir.app.server;

import dev.weir.http.HopByHop;
import dev.weir.http.Informational;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaders;
import reactor.netty.NettyPipeline;

/** What the codec can't write, written past it: from a handler that stands in front of it. */
final class CodecBypass {

  private CodecBypass() {}

  /** An answer before the answer: the codec would take it for the answer. */
  static void sendInformational(ChannelHandlerContext ctx, Informational response) {
    HttpHeaders fields = response.headers().copy();
    HopByHop.strip(fields);
    ctx.writeAndFlush(
        HeadEncoder.encode(ctx.alloc(), response.status(), fields), ctx.voidPromise());
  }

  /** Lets bytes past the codec from now on, both ways. */
  static ClientTunnel switchProtocol(ChannelHandlerContext ctx) {
    ClientTunnel tunnel = new ClientTunnel();
    ctx.pipeline().addBefore(NettyPipeline.HttpCodec, "weir.tunnel", tunnel);
    return tunnel;
  }

  /** Ends the response that is being written with a trailer section. */
  static void writeTrailers(ChannelHandlerContext ctx, HttpHeaders trailers) {
    ctx.pipeline().addAfter(NettyPipeline.HttpCodec, null, new TrailerWriter(trailers));
  }
}
