package dev.weir.app.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Netty's decoder, but for requests that come before it is their turn: those stay bytes. As objects
 * they would take some fifty times the memory.
 */
final class RequestDecoder extends HttpRequestDecoder {

  private final Turn turn;
  private @Nullable ChannelHandlerContext context;

  /** Whose turn it is. */
  interface Turn {

    /** Whether a request, or more of one, is wanted. */
    boolean isNext();

    /** There are bytes that have to wait, until {@link #resume}. */
    void bytesWait();
  }

  RequestDecoder(HttpDecoderConfig config, Turn turn) {
    super(config);
    this.turn = turn;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    super.handlerAdded(ctx);
    context = ctx;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out)
      throws Exception {
    if (turn.isNext()) {
      super.decode(ctx, buffer, out);
    } else if (buffer.isReadable()) {
      turn.bytesWait();
    }
  }

  /** Goes on with the bytes that wait; not from within {@link #decode}. */
  void resume() throws Exception {
    if (context != null) {
      channelRead(context, Unpooled.EMPTY_BUFFER);
    }
  }
}
