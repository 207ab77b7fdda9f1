package dev.weir.app.server;

import dev.weir.http.IpAddress;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The last handler of an HTTP/1.1 connection: its requests, one after the other, each of which is
 * one {@link Http1Stream}.
 *
 * <p>A request that comes before the answer to the one before it waits, and with it the connection:
 * nothing more is read until it is its turn, so that what waits are the bytes that one read
 * brought.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter
    implements RequestDecoder.Turn, Runnable {

  private static final IpAddress UNKNOWN = IpAddress.ofNumber(0);

  private final ConnectionGuard guard;
  private final RequestDecoder decoder;
  private final Intake intake;
  private final Exchange.Surroundings with;

  private @Nullable ChannelHandlerContext context;
  private Incoming.@Nullable Link link;
  private @Nullable Http1Stream current;
  private boolean isWaiting;
  private boolean isClosed;
  private boolean isFlushing;

  ClientConnection(
      ConnectionGuard guard,
      HttpDecoderConfig decoding,
      Intake intake,
      Exchange.Surroundings with) {
    this.guard = guard;
    this.decoder = new RequestDecoder(decoding, this);
    this.intake = intake;
    this.with = with;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("not on a channel");
    }
    return context;
  }

  /** The handler that reads requests for this one. */
  RequestDecoder decoder() {
    return decoder;
  }

  ConnectionGuard guard() {
    return guard;
  }

  /** The exchange of a request that has come so far that it can be answered. */
  Exchange exchange(Incoming incoming, Http1Stream stream) {
    return new Exchange(intake.request(incoming), stream, with);
  }

  boolean isDraining() {
    return with.isDraining().getAsBoolean();
  }

  Incoming.Link link() {
    if (link == null) {
      Channel channel = context().channel();
      boolean isSecure = channel.pipeline().get(SslHandler.class) != null;
      InetSocketAddress own =
          channel.localAddress() instanceof InetSocketAddress address ? address : null;
      link = new Incoming.Link(peer(channel), own, isSecure ? "https" : "http");
    }
    return link;
  }

  private static IpAddress peer(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress remote
            && remote.getAddress() != null
        ? IpAddress.of(remote.getAddress())
        : UNKNOWN;
  }

  // What comes

  @Override
  public boolean isNext() {
    return !isClosed && (current == null || !current.isReceived());
  }

  @Override
  public void bytesWait() {
    if (guard.requests().isSwitching()) {
      // The client did not wait for the switch: nobody can say which protocol these bytes are of.
      guard.count(Connections.Cut.EARLY_BYTES);
      guard.closeNow();
    } else if (!isClosed) {
      isWaiting = true;
      context().channel().config().setAutoRead(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!isClosed && message instanceof HttpRequest head) {
      current = new Http1Stream(this, head);
    } else if (current != null && message instanceof HttpContent content) {
      current.received(content);
    } else {
      // The rest of a request whose answer was cut.
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (current != null) {
      current.readComplete();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (current != null && ctx.channel().isWritable()) {
      current.writable();
    }
  }

  /** The request can't be read on, or the connection has failed, and will be closed. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (current != null) {
      current.unreadable(cause);
    } else {
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    isClosed = true;
    Http1Stream left = current;
    current = null;
    if (left != null) {
      left.clientLeft();
    }
  }

  boolean isCurrent(Http1Stream stream) {
    return current == stream;
  }

  /** Whether to read on; not while a request waits. */
  void read(boolean isWanted) {
    context().channel().config().setAutoRead(isWanted && !isWaiting);
  }

  // What goes

  /** Once whatever else this turn of the event loop brings has been written, too. */
  void flushSoon() {
    if (!isFlushing) {
      isFlushing = true;
      context().channel().eventLoop().execute(this);
    }
  }

  @Override
  public void run() {
    isFlushing = false;
    context().flush();
  }

  /** The answer has gone; what waits for it comes next. */
  void answered(Http1Stream stream) {
    if (current != stream) {
      return;
    }
    current = null;
    if (isWaiting) {
      isWaiting = false;
      resume();
    }
    read(true);
  }

  private void resume() {
    try {
      decoder.resume();
    } catch (Exception e) {
      context().fireExceptionCaught(e);
    }
    if (current != null) {
      current.readComplete();
    }
  }

  /** Nothing more is answered; the client may have to be told gently. */
  void close() {
    isClosed = true;
    current = null;
    context().close();
  }
}
