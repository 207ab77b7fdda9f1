package dev.weir.app.server;

import dev.weir.telemetry.Event;
import dev.weir.telemetry.Telemetry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/**
 * Stands in front of what makes connections of the sockets that a listener accepts, and pauses that
 * while all listeners together hold as many as they may, or when accepting has failed (EMFILE,
 * ENFILE, ENOBUFS): a try at once would fail like the one before it.
 *
 * <p>Confined to the listener's event loop, except for {@link #roomAgain}.
 */
final class AcceptGate extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(AcceptGate.class);

  /** Loaded while there are descriptors for it. */
  private static final Event PAUSED = Event.ACCEPT_PAUSED;

  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;
  private static final long BETWEEN_WARNINGS_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final AcceptLimit limit;
  private final Telemetry telemetry;
  private final Scheduler clock;
  private final String listener;
  private final Runnable later = this::tryAgainOnLoop;
  private final Runnable again = this::tryAgain;
  private long pauseMillis = FIRST_PAUSE_MILLIS;
  private boolean hasFailed;
  private boolean hasWarned;
  private long warnedAtNanos;
  private volatile boolean isFull;
  private @Nullable ChannelHandlerContext context;

  /**
   * The gate of a listener.
   *
   * @param listener its address, for people
   */
  AcceptGate(AcceptLimit limit, Telemetry telemetry, Scheduler clock, String listener) {
    this.limit = limit;
    this.telemetry = telemetry;
    this.clock = clock;
    this.listener = listener;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    limit.add(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    pauseMillis = FIRST_PAUSE_MILLIS;
    if (message instanceof Channel accepted) {
      limit.opened();
      accepted.closeFuture().addListener(closed -> limit.closed());
    }
    ctx.fireChannelRead(message);
    if (limit.isFull()) {
      pauseUntilThereIsRoom(ctx);
    }
  }

  private void pauseUntilThereIsRoom(ChannelHandlerContext ctx) {
    isFull = true;
    ctx.channel().config().setAutoRead(false);
    telemetry.count(PAUSED, "full");
    warn("as many connections as file descriptors allow: " + limit.max());
    // One may have ended before it could see that this waits.
    roomAgain();
  }

  /** A connection has ended; from any thread. */
  void roomAgain() {
    ChannelHandlerContext ctx = context;
    if (isFull && !limit.isFull() && ctx != null) {
      ctx.channel().eventLoop().execute(this::resume);
    }
  }

  private void resume() {
    ChannelHandlerContext ctx = context;
    if (ctx != null && !hasFailed && (!isFull || !limit.isFull())) {
      isFull = false;
      ctx.channel().config().setAutoRead(true);
    }
  }

  /**
   * A socket could not be accepted; who waits still does. Nothing comes before the pause: without
   * descriptors not even a class can be loaded, and what fails here is called again at once.
   */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.channel().config().setAutoRead(false);
    if (!hasFailed) {
      hasFailed = true;
      clock.schedule(later, pauseMillis, TimeUnit.MILLISECONDS);
      pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
      telemetry.count(PAUSED, "failed");
      warn("accepting failed: " + cause.getMessage());
    }
  }

  private void tryAgainOnLoop() {
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      ctx.channel().eventLoop().execute(again);
    }
  }

  private void tryAgain() {
    hasFailed = false;
    resume();
  }

  private void warn(String what) {
    long now = clock.now(TimeUnit.NANOSECONDS);
    if (!hasWarned || now - warnedAtNanos >= BETWEEN_WARNINGS_NANOS) {
      hasWarned = true;
      warnedAtNanos = now;
      LOG.warn(
          "listener={}: no more connections are accepted for now; {} (raise ulimit -n, in systemd"
              + " LimitNOFILE, or lower client.idle)",
          listener,
          what);
    }
  }
}
