package dev.weir.upstream;

import dev.weir.loop.Moment;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an endpoint: idle in its pool, or of exactly one call. The last handler of its
 * channel, and confined to the channel's event loop.
 *
 * <p>What arrives while there is no call was not asked for; then the endpoint is not to be trusted,
 * and the connection is closed.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter implements Runnable {

  private final Http1Pool pool;
  private final ResponseDecoder decoder;
  private final long openedAtNanos;
  private long idleSinceNanos;
  private @Nullable Http1Call call;
  private @Nullable ChannelHandlerContext context;
  private boolean isFlushing;
  private boolean isPooled;
  private boolean isLeased;
  private boolean isClosed;

  Http1Connection(Http1Pool pool, ResponseDecoder decoder, long nowNanos) {
    this.pool = pool;
    this.decoder = decoder;
    this.openedAtNanos = nowNanos;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  private ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("not on a channel yet");
    }
    return context;
  }

  Channel channel() {
    return context().channel();
  }

  EventLoop loop() {
    return channel().eventLoop();
  }

  boolean isActive() {
    return !isClosed && channel().isActive();
  }

  boolean isLeased() {
    return isLeased;
  }

  /** From now on its pool wants to know of its end. */
  void opened() {
    isPooled = true;
  }

  /** Its pool knows it no more. */
  void leave() {
    isPooled = false;
  }

  long openedAtNanos() {
    return openedAtNanos;
  }

  long idleSinceNanos() {
    return idleSinceNanos;
  }

  /** The connection's only user until it is released or closed. */
  void lease(Http1Call user) {
    if (isLeased) {
      throw new IllegalStateException("a connection with two users");
    }
    call = user;
    isLeased = true;
    decoder.expect(user.isHead());
  }

  /** Whether more has come than what the call has been told of. */
  boolean hasUnread() {
    return decoder.hasUnread();
  }

  /** The call is over, and the connection as good as new. */
  void release(long nowNanos) {
    decoder.expectNothing();
    call = null;
    isLeased = false;
    idleSinceNanos = nowNanos;
    read(true);
  }

  ByteBufAllocator allocator() {
    return context().alloc();
  }

  /** Queues bytes, which it takes over; errors come back as the end of the connection. */
  void write(ByteBuf bytes) {
    ChannelHandlerContext ctx = context();
    ctx.write(bytes, ctx.voidPromise());
  }

  void flush() {
    context().flush();
  }

  /** Once whatever else this turn of the event loop brings has been written, too. */
  void flushSoon() {
    if (!isFlushing) {
      isFlushing = true;
      loop().execute(this);
    }
  }

  @Override
  public void run() {
    isFlushing = false;
    flush();
  }

  /** Runs the task when all that was queued is written, or can't be. */
  void whenWritten(Runnable task) {
    context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> task.run());
  }

  boolean isWritable() {
    return channel().isWritable();
  }

  void read(boolean isWanted) {
    channel().config().setAutoRead(isWanted);
  }

  /** From now on bytes are just bytes; those that were read already follow. */
  void stopDecoding() {
    context().pipeline().remove(decoder);
  }

  /** Ends it at once. The call, if there is one, is told nothing. */
  void close() {
    call = null;
    if (!isClosed) {
      isClosed = true;
      channel().close();
      if (isPooled) {
        pool.closed(this);
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (call == null) {
      ReferenceCountUtil.release(message);
      if (!isClosed) {
        pool.poisoned();
        close();
      }
    } else {
      call.received(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (call != null) {
      Moment moment = Moment.begin();
      try {
        call.readComplete();
      } finally {
        moment.end();
      }
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (call != null && ctx.channel().isWritable()) {
      call.writable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended(null);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ended(cause);
  }

  private void ended(@Nullable Throwable cause) {
    Http1Call user = call;
    if (user != null) {
      user.connectionEnded(cause);
    }
    close();
  }
}
