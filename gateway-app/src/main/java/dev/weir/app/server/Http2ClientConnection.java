package dev.weir.app.server;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.weir.app.server.Connections.Cut;
import dev.weir.http.Failure;
import dev.weir.http2.Http2CodecFault;
import dev.weir.telemetry.Event;
import dev.weir.telemetry.Telemetry;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Exception.HeaderListSizeException;
import io.netty.handler.codec.http2.Http2Exception.StreamException;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * A connection of a client that speaks HTTP/2: its settings, its limits, its end. Streams are those
 * of {@link Http2Streams}.
 */
final class Http2ClientConnection extends Http2ConnectionHandler
    implements OpenConnection, ConnectionWatch.Watched {

  private static final Logger LOG = LoggerFactory.getLogger(Http2ClientConnection.class);
  private static final int DEFAULT_WINDOW = 65_535;

  /**
   * Credit for the connection is given once this much of it, or less, is left to be given: with
   * Netty's half, bodies that wait and hold half of it would stop all others.
   */
  private static final float CREDIT_RATIO = 0.9f;

  /** Which a client may answer what is sent to it with, WINDOW_UPDATE above all. */
  private static final int IDLE_FRAMES_PER_DATA = 8;

  private final Http2Limits limits;
  private final long stallNanos;
  private final Http2Budgets budgets;
  private final SeenStreams seen;
  private final Connections connections;
  private final ConnectionWatch watch;
  private final Http2Streams streams;
  private final GentleClose gentleClose;
  private final Telemetry telemetry;
  private final Scheduler clock;
  private final Intake intake;
  private final Exchange.Surroundings surroundings;
  private Incoming.@Nullable Link link;
  private @Nullable ChannelHandlerContext context;
  private @Nullable Disposable stallTimer;
  private int valueBytes;
  private boolean isGreeted;
  private boolean isFlushing;
  private boolean hasFailed;

  Http2ClientConnection(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      Http2Budgets budgets,
      SeenStreams seen,
      Http2Service service) {
    super(decoder, encoder, settings, true);
    this.limits = service.limits();
    this.stallNanos = service.policy().writeStall().toNanos();
    this.budgets = budgets;
    this.seen = seen;
    this.connections = service.connections();
    this.intake = service.intake();
    this.surroundings = service.surroundings();
    this.telemetry = service.surroundings().telemetry();
    this.clock = service.clock();
    this.watch = new ConnectionWatch(service.policy(), clock, this);
    this.streams = new Http2Streams(this, service);
    this.gentleClose = new GentleClose(clock);
    decoder.frameListener(streams);
    connection().addListener(streams);
  }

  /** To stand in front of this. */
  GentleClose gentleClose() {
    return gentleClose;
  }

  // What the channel says

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    link = Incoming.Link.of(ctx.channel());
    super.handlerAdded(ctx);
    streams.begin(ctx);
    watch.opened(ctx.channel());
    watch.received(0);
    watch.readComplete(false);
    openWindow();
    ctx.flush();
  }

  private void openWindow() throws Http2Exception {
    Http2Stream all = connection().connectionStream();
    Http2LocalFlowController flow = decoder().flowController();
    if (flow instanceof DefaultHttp2LocalFlowController known) {
      known.windowUpdateRatio(all, CREDIT_RATIO);
    }
    int more = limits.connectionWindow() - DEFAULT_WINDOW;
    if (more > 0) {
      flow.incrementWindowSize(all, more);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    streams.readComplete();
    super.channelReadComplete(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    watch.stop();
    stopStallTimer();
    try {
      super.channelInactive(ctx);
    } finally {
      connections.closed(this);
    }
  }

  /** What is no fault in the protocol is the end of the connection, and nobody's news. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (Http2CodecFault.isOfProtocol(cause)) {
      super.exceptionCaught(ctx, cause);
      return;
    }
    if (!(cause instanceof IOException)) {
      LOG.error("a connection of HTTP/2 failed", cause);
    }
    ctx.close();
  }

  // What the streams say

  /** The client's SETTINGS are here: from now on it may be idle. */
  void greeted() {
    if (!isGreeted) {
      isGreeted = true;
      watch.exchangeBegins();
      watch.exchangesEnd();
    }
  }

  /** The exchange of a request that has come so far that it can be answered. */
  Exchange exchange(Incoming incoming, Http2ClientStream stream) {
    return new Exchange(intake.request(incoming), stream, surroundings);
  }

  Incoming.Link link() {
    if (link == null) {
      throw new IllegalStateException("not on a channel");
    }
    return link;
  }

  /** There are requests. */
  void streamsBegin() {
    watch.exchangeBegins();
    watchStreams();
  }

  /** There are no requests any more. */
  void streamsEnd() {
    stopStallTimer();
    watch.exchangesEnd();
  }

  void streamEnds(Http2ClientStream stream) {
    streams.ends(stream);
  }

  /** Whether there is memory for a body of so many bytes as a value; it is then taken. */
  boolean mayHold(int bytes) {
    boolean isRoom = valueBytes + bytes <= limits.connectionWindow();
    valueBytes += isRoom ? bytes : 0;
    return isRoom;
  }

  void holdsNoMore(int bytes) {
    valueBytes -= bytes;
  }

  void giveCredit(Http2Stream stream, int bytes) {
    ChannelHandlerContext ctx = context;
    try {
      if (decoder().flowController().consumeBytes(stream, bytes)) {
        flushSoon();
      }
    } catch (Http2Exception e) {
      if (ctx != null) {
        onError(ctx, true, e);
      }
    }
  }

  void reset(Http2Stream stream, Http2Error code) {
    ChannelHandlerContext ctx = context;
    boolean isOpen = stream.state() != Http2Stream.State.CLOSED;
    if (ctx != null && isOpen && !hasFailed && ctx.channel().isActive()) {
      resetStream(ctx, stream.id(), code.code(), ctx.newPromise());
      flushSoon();
    }
  }

  void wroteData() {
    budgets.idleFrames().earn(IDLE_FRAMES_PER_DATA);
  }

  /** Once whatever else this turn of the event loop brings has been written, too. */
  void flushSoon() {
    ChannelHandlerContext ctx = context;
    if (!isFlushing && ctx != null) {
      isFlushing = true;
      ctx.channel()
          .eventLoop()
          .execute(
              () -> {
                isFlushing = false;
                flush(ctx);
              });
    }
  }

  /** Like the rest of a connection, but one client may hold many streams that take nothing. */
  private void watchStreams() {
    stopStallTimer();
    stallTimer = clock.schedule(this::lookAtStreams, stallNanos / 4, TimeUnit.NANOSECONDS);
  }

  private void lookAtStreams() {
    int stalled = streams.cutStalled(clock.now(TimeUnit.NANOSECONDS), stallNanos);
    for (int i = 0; i < stalled; i++) {
      telemetry.count(Event.STREAM_RESET, "write_stalled");
    }
    if (!streams.isEmpty()) {
      watchStreams();
    }
  }

  private void stopStallTimer() {
    if (stallTimer != null) {
      stallTimer.dispose();
      stallTimer = null;
    }
  }

  // What goes wrong

  /** Whether its client has been told that it is at fault. */
  boolean hasFailed() {
    return hasFailed;
  }

  @Override
  @CanIgnoreReturnValue
  public ChannelFuture resetStream(
      ChannelHandlerContext ctx, int id, long code, ChannelPromise promise) {
    seen.reset(id);
    return super.resetStream(ctx, id, code, promise);
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean isOutbound,
      Throwable cause,
      @Nullable Http2Exception fault) {
    if (fault == null && !(cause instanceof IOException)) {
      LOG.error("a connection of HTTP/2 failed", cause);
    } else if (fault != null) {
      boolean isFlood = fault.error() == Http2Error.ENHANCE_YOUR_CALM;
      connections.count(isFlood ? Cut.FLOOD : Cut.PROTOCOL_ERROR);
      gentleClose.atNextClose();
    }
    super.onConnectionError(ctx, isOutbound, cause, fault);
    hasFailed = true;
    watch.closed();
    streams.giveUp();
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx, boolean isOutbound, Throwable cause, StreamException fault) {
    if (fault instanceof HeaderListSizeException tooLarge && tooLarge.duringDecode()) {
      streams.refuse(
          fault.streamId(),
          Failure.HEADERS_TOO_LARGE.exception(
              "header fields (expected: as limits.headers has it)"));
      return;
    }
    LOG.debug("stream {} of {}: {}", fault.streamId(), ctx.channel(), fault.getMessage());
    telemetry.count(Event.STREAM_RESET, fault.error().name().toLowerCase(Locale.ROOT));
    if (budgets.resets().spend(clock.now(TimeUnit.NANOSECONDS))) {
      super.onStreamError(ctx, isOutbound, cause, fault);
    } else {
      Http2Exception flood =
          new Http2Exception(
              Http2Error.ENHANCE_YOUR_CALM,
              "too many faults",
              Http2Exception.ShutdownHint.HARD_SHUTDOWN);
      onConnectionError(ctx, isOutbound, flood, flood);
    }
  }

  // The end

  private void onLoop(Runnable task) {
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      ctx.channel().eventLoop().execute(task);
    }
  }

  private void goAway(int lastStream) {
    ChannelHandlerContext ctx = context;
    if (ctx != null && ctx.channel().isActive()) {
      goAway(ctx, lastStream, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ctx.newPromise());
      ctx.flush();
    }
  }

  /** Streams that are on their way will be served yet (RFC 9113 §6.8). */
  @Override
  public void announceEnd() {
    onLoop(() -> goAway(Integer.MAX_VALUE));
  }

  @Override
  public void closeWhenIdle() {
    onLoop(
        () -> {
          goAway(connection().remote().lastStreamCreated());
          watch.lastCall();
        });
  }

  @Override
  public void closeNow() {
    onLoop(this::close);
  }

  private void close() {
    watch.closed();
    if (context != null) {
      context.close();
    }
  }

  @Override
  public void idleForTooLong() {
    connections.count(Cut.IDLE);
    goAway(connection().remote().lastStreamCreated());
    close();
  }

  /** Streams share the connection; each has a watch of its own over what stands still. */
  @Override
  public boolean isBodyWanted() {
    return false;
  }

  @Override
  public void bodyIsTooSlow() {}

  @Override
  public void headIsLate() {
    connections.count(Cut.SLOW_HEAD);
    close();
  }

  @Override
  public void takesNothing() {
    connections.count(Cut.WRITE_STALLED);
    close();
  }

  @Override
  public void lastCallIsOver() {
    close();
  }

  @Override
  public void finishClosing() {
    close();
  }
}
