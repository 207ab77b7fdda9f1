package dev.weir.app.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Puts a trailer section at the end of the response that is being written, and goes. Reactor Netty
 * sends fields only that the response's head has announced, which few servers do.
 */
final class TrailerWriter extends ChannelOutboundHandlerAdapter {

  private final HttpHeaders trailers;

  TrailerWriter(HttpHeaders trailers) {
    this.trailers = trailers;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (!(message instanceof LastHttpContent last)) {
      ctx.write(message, promise);
      return;
    }
    DefaultLastHttpContent withTrailers = new DefaultLastHttpContent(last.content());
    withTrailers.trailingHeaders().set(trailers);
    ctx.write(withTrailers, promise);
    ctx.pipeline().remove(this);
  }
}
