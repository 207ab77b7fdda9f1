package dev.weir.app.server;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * In front of a connection of HTTP/2: after a fault of its client's, who may still be sending, sees
 * to it that the GOAWAY that says so arrives ({@link LingeringClose}).
 */
final class GentleClose extends ChannelDuplexHandler {

  private final LingeringClose lingering = new LingeringClose();
  private final Scheduler clock;
  private boolean isWanted;
  private boolean isLingering;
  private @Nullable Disposable timer;

  GentleClose(Scheduler clock) {
    this.clock = clock;
  }

  /** The client is at fault: nothing more is taken from it, and it is to read why. */
  void atNextClose() {
    isWanted = true;
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    boolean isPossible =
        isWanted && ctx.channel().isActive() && ctx.channel() instanceof DuplexChannel;
    if (!isPossible) {
      stop();
      ctx.close(promise);
      return;
    }
    ctx.channel().closeFuture().addListener(closed -> promise.trySuccess());
    if (!isLingering && ctx.channel() instanceof DuplexChannel duplex) {
      isLingering = true;
      lingering.begin(ctx, duplex);
      timer = clock.schedule(() -> finish(ctx), LingeringClose.NANOS, TimeUnit.NANOSECONDS);
    }
  }

  private void finish(ChannelHandlerContext ctx) {
    stop();
    ctx.close();
  }

  private void stop() {
    if (timer != null) {
      timer.dispose();
      timer = null;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!isLingering) {
      ctx.fireChannelRead(message);
    } else if (lingering.throwAway(message)) {
      finish(ctx);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (isLingering && event == ChannelInputShutdownEvent.INSTANCE) {
      finish(ctx);
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stop();
    ctx.fireChannelInactive();
  }
}
