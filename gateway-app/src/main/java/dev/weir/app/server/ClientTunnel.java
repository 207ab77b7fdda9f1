package dev.weir.app.server;

import dev.weir.http.Response;
import dev.weir.http.Tunnel;
import dev.weir.loop.ByteStream;
import dev.weir.loop.ByteWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * A client's connection that carries bytes from now on, in front of the codec: what is read goes
 * into the tunnel, what comes out of it is written as it is. Reactor Netty, behind the codec, sees
 * an exchange that has not ended, and is told when the connection does.
 */
final class ClientTunnel extends ChannelInboundHandlerAdapter
    implements ByteStream.Source, Tunnel.Delivery {

  private @Nullable ChannelHandlerContext context;
  private @Nullable ByteStream fromClient;
  private @Nullable ByteWriter writer;

  /** Joins both sides; the handler has been added to its channel. */
  Mono<Void> join(Response response, Tunnel tunnel) {
    ChannelHandlerContext ctx = context();
    ByteStream bytes = new ByteStream(ctx.channel().eventLoop(), this);
    fromClient = bytes;
    if (!ctx.channel().isActive()) {
      // It ended while the upstream was being asked, and will not say so a second time.
      bytes.complete();
    }
    ctx.writeAndFlush(HeadEncoder.encode(ctx.alloc(), 101, response.headers()), ctx.voidPromise());
    read(true);
    return tunnel.join(bytes, this).doFinally(signal -> bytes.cancel());
  }

  private ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("not on a channel");
    }
    return context;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (fromClient != null && message instanceof ByteBuf bytes) {
      fromClient.push(bytes);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (writer != null) {
      writer.writable();
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (fromClient != null) {
      fromClient.complete();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void read(boolean isWanted) {
    context().channel().config().setAutoRead(isWanted);
  }

  /** The upstream's side has ended; the exchange ends with it, and closes the connection. */
  @Override
  public void abandoned() {}

  @Override
  public Mono<Void> deliver(Flux<ByteBuf> bytes) {
    return ByteWriter.writeAll(bytes, Bytes::new, begun -> writer = begun);
  }

  private final class Bytes implements ByteWriter.Target {

    private final MonoSink<Void> sink;

    Bytes(MonoSink<Void> sink) {
      this.sink = sink;
    }

    @Override
    public boolean isWritable() {
      return context().channel().isWritable();
    }

    @Override
    public void write(ByteBuf piece) {
      context().writeAndFlush(piece, context().voidPromise());
    }

    /** Once all is written: whoever is told closes the connection. */
    @Override
    public void end() {
      context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> sink.success());
    }

    @Override
    public void fail(Throwable error) {
      sink.error(error);
    }
  }
}
