package dev.weir.app.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The last handler of an HTTP/1.1 connection: its requests, one after the other, each of which is
 * one {@link Http1Stream}.
 *
 * <p>A request that comes before the answer to the one before it waits, and with it the connection:
 * nothing more is read until it is its turn, so that what waits is what one read brought.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter implements Runnable {

  private final ConnectionGuard guard;
  private final Intake intake;
  private final Exchange.Surroundings with;

  private @Nullable ChannelHandlerContext context;
  private Incoming.@Nullable Link link;
  private @Nullable Http1Stream current;
  private final ArrayDeque<Object> waiting = new ArrayDeque<>(0);
  private boolean isServing;
  private boolean isClosed;
  private boolean isFlushing;

  ClientConnection(ConnectionGuard guard, Intake intake, Exchange.Surroundings with) {
    this.guard = guard;
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
      link = Incoming.Link.of(context().channel());
    }
    return link;
  }

  // What comes

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (isClosed) {
      ReferenceCountUtil.release(message);
    } else if (waiting.isEmpty() && mayTake(message)) {
      take(message);
    } else {
      waiting.add(message);
      ctx.channel().config().setAutoRead(false);
    }
  }

  private boolean mayTake(Object message) {
    return current == null || !(message instanceof HttpRequest);
  }

  private void take(Object message) {
    if (message instanceof HttpRequest head) {
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
    dropWaiting();
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
    context().channel().config().setAutoRead(isWanted && waiting.isEmpty());
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
    if (current == stream) {
      current = null;
      serveWaiting();
    }
  }

  private void serveWaiting() {
    if (isServing) {
      return;
    }
    isServing = true;
    while (!waiting.isEmpty() && mayTake(waiting.element())) {
      take(waiting.remove());
    }
    isServing = false;
    if (waiting.isEmpty()) {
      if (current != null) {
        current.readComplete();
      }
      read(true);
    }
  }

  /** Nothing more is answered; the client may have to be told gently. */
  void close() {
    isClosed = true;
    current = null;
    dropWaiting();
    context().close();
  }

  private void dropWaiting() {
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
  }
}
