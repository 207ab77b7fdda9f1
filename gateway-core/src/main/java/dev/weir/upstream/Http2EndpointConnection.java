package dev.weir.upstream;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Http2Fields;
import dev.weir.http2.FrameBudget;
import dev.weir.http2.Http2CodecFault;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Exception.StreamException;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of HTTP/2 to an endpoint, and the calls that are on it: its limits, and its end.
 * Confined to its event loop.
 *
 * <p>Each answer has a window of its own, which is given back as its reader takes it. The
 * connection's window is given back at once: else an answer that nobody reads would hold up those
 * of others. So what waits here is bounded by the streams times their window.
 */
final class Http2EndpointConnection extends Http2ConnectionHandler {

  private static final Logger LOG = LoggerFactory.getLogger(Http2EndpointConnection.class);

  /** Which an endpoint may answer what is sent to it with, WINDOW_UPDATE above all. */
  private static final int IDLE_FRAMES_PER_DATA = 8;

  private static final int FRAME_BYTES = 16 << 10;
  private static final int DEFAULT_WINDOW = 65_535;
  private static final int CONNECTION_WINDOW = 1 << 20;

  private final String endpoint;
  private final Http2Pool pool;
  private final Http2Opening opening;
  private final Http2Frames frames;
  private final Heartbeat heartbeat;
  private final FrameBudget budget;
  private final Set<Http2Call> calls = new LinkedHashSet<>();
  private long openedAtNanos;
  private @Nullable ChannelHandlerContext context;
  private long idleSinceNanos;
  private boolean isOpen;
  private boolean isClosed;
  private boolean isFlushing;
  private boolean isSuspect;
  private boolean isUsed;

  /** One that is to be opened, to that endpoint. */
  Http2EndpointConnection(String endpoint, Http2Pool pool, Http2Opening opening) {
    this(Http2Codec.of(pool), endpoint, pool, opening);
  }

  private Http2EndpointConnection(
      Http2Codec codec, String endpoint, Http2Pool pool, Http2Opening opening) {
    super(codec.decoder(), codec.encoder(), codec.settings(), true);
    this.budget = codec.budget();
    this.endpoint = endpoint;
    this.pool = pool;
    this.opening = opening;
    this.openedAtNanos = pool.now();
    this.idleSinceNanos = openedAtNanos;
    this.heartbeat = new Heartbeat(pool.http2(), pool.clock(), this);
    this.frames = new Http2Frames(this, heartbeat);
    decoder().frameListener(frames);
    connection().addListener(frames);
  }

  // What the channel says

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
    frames.begin();
    ctx.flush();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    heartbeat.received();
    isSuspect = false;
    super.channelRead(ctx, message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    frames.readComplete();
    super.channelReadComplete(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    frames.readComplete();
    end(Failure.UPSTREAM_CLOSED, "connection closed");
    super.channelInactive(ctx);
  }

  /** What is no fault in the protocol is the end of the connection, and of its calls alone. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (Http2CodecFault.isOfProtocol(cause)) {
      super.exceptionCaught(ctx, cause);
      return;
    }
    if (!(cause instanceof IOException)) {
      LOG.error("a connection of HTTP/2 to {} failed", endpoint, cause);
    }
    end(Failure.UPSTREAM_CLOSED, "" + cause.getMessage());
  }

  // What the endpoint says

  /** Its SETTINGS: the first open the connection, others may change what it takes. */
  void settingsReceived() {
    if (isClosed) {
      return;
    }
    if (isOpen) {
      pool.roomMade();
      return;
    }
    growWindow();
    opening.succeed();
  }

  private void growWindow() {
    int more = Math.max(CONNECTION_WINDOW, pool.http2().streamWindow()) - DEFAULT_WINDOW;
    try {
      decoder().flowController().incrementWindowSize(connection().connectionStream(), more);
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
    flushSoon();
  }

  /**
   * It takes no more calls, and has not begun with those above the last. The pool is told first:
   * else it would give the streams that become free to the calls that wait.
   */
  void goesAway(int lastStream, String code) {
    if (isOpen) {
      pool.leave(this);
    } else {
      opening.endedEarly("going away (" + code + ")");
    }
    for (Http2Call call : List.copyOf(calls)) {
      if (call.streamId() > lastStream) {
        call.fail(Failure.UPSTREAM_REFUSED.exception(endpoint + ": going away (" + code + ")"));
      }
    }
  }

  // What the pool says

  /** From now on its pool knows of it. */
  void opened() {
    isOpen = true;
    openedAtNanos = pool.now();
  }

  /** Whether it has done its service; one that was never used has not, however long it waited. */
  boolean isOld(long nowNanos) {
    return isUsed && nowNanos - openedAtNanos >= pool.policy().maxLifetime().toNanos();
  }

  long idleSinceNanos() {
    return idleSinceNanos;
  }

  boolean isIdle() {
    return calls.isEmpty();
  }

  /** Whether another call can be on it now. */
  boolean hasRoom() {
    return !isClosed
        && !isSuspect
        && calls.size() < pool.http2().maxStreams()
        && connection().local().canOpenStream()
        && context().channel().isActive();
  }

  /** This call is on it from now on, until {@link #ends}. */
  void take(Http2Call call) {
    calls.add(call);
  }

  /** Ends it at once; calls that are on it fail. */
  void close() {
    end(Failure.UPSTREAM_CLOSED, "connection closed by us");
  }

  // What its calls say

  private ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("not on a channel yet");
    }
    return context;
  }

  /**
   * Begins a stream with the head of a request. If that can't be sent after all, the call is told
   * so, maybe at once.
   */
  @Nullable Http2Stream begin(Http2Call call, Http2Headers head, boolean isEnd) {
    isUsed = true;
    heartbeat.sent();
    int id = connection().local().incrementAndGetNextStreamId();
    ChannelPromise sent = context().newPromise();
    if (id < 0) {
      call.fail(Failure.UPSTREAM_REFUSED.exception(endpoint + ": all numbers of streams are used"));
      pool.leave(this);
      return null;
    }
    encoder().writeHeaders(context(), id, head, 0, isEnd, sent);
    Http2Stream stream = connection().stream(id);
    if (stream != null) {
      frames.put(stream, call);
    }
    sent.addListener(
        done -> {
          if (!done.isSuccess()) {
            call.fail(
                Failure.UPSTREAM_REFUSED.exception(
                    endpoint + ": the head could not be sent", done.cause()));
          }
        });
    flushSoon();
    return stream;
  }

  void write(Http2Stream stream, ByteBuf piece, boolean isEnd) {
    budget.earn(IDLE_FRAMES_PER_DATA * (1 + piece.readableBytes() / FRAME_BYTES));
    encoder().writeData(context(), stream.id(), piece, 0, isEnd, context().newPromise());
    flushSoon();
  }

  void writeTrailers(Http2Stream stream, HttpHeaders trailers) {
    encoder()
        .writeHeaders(
            context(),
            stream.id(),
            Http2Fields.ofTrailers(trailers),
            0,
            true,
            context().newPromise());
    flushSoon();
  }

  boolean isWritable(Http2Stream stream) {
    return encoder().flowController().isWritable(stream);
  }

  void giveCredit(Http2Stream stream, int bytes) {
    try {
      if (decoder().flowController().consumeBytes(stream, bytes)) {
        flushSoon();
      }
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
  }

  void reset(Http2Stream stream, Http2Error code) {
    boolean isThere = stream.state() != Http2Stream.State.CLOSED;
    if (isThere && !isClosed && context().channel().isActive()) {
      resetStream(context(), stream.id(), code.code(), context().newPromise());
      flushSoon();
    }
  }

  /** A call is over. */
  void ends(Http2Call call) {
    if (!calls.remove(call)) {
      return;
    }
    idleSinceNanos = pool.now();
    pool.callEnded(this);
  }

  /**
   * A call was given up before it had an answer. If nothing at all has come for as long as it may
   * take to open a connection, this one may be dead, and takes no further calls until something
   * comes.
   */
  void givenUp() {
    if (heartbeat.isSilentFor(pool.policy().connectTimeout().toNanos())) {
      isSuspect = true;
      if (calls.isEmpty()) {
        close();
      }
    }
  }

  /** Once whatever else this turn of the event loop brings has been written, too. */
  void flushSoon() {
    if (!isFlushing && !isClosed) {
      isFlushing = true;
      context()
          .channel()
          .eventLoop()
          .execute(
              () -> {
                isFlushing = false;
                flush(context());
              });
    }
  }

  // Whether it lives

  void ping() {
    encoder().writePing(context(), false, openedAtNanos, context().newPromise());
    flushSoon();
  }

  void isDead(String how) {
    end(Failure.UPSTREAM_CLOSED, how);
  }

  // What goes wrong

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx, boolean isOutbound, Throwable cause, StreamException fault) {
    int id = fault.streamId();
    Http2Call call = frames.of(connection().stream(id));
    if (call != null) {
      call.broken(fault);
    } else if (!connection().streamMayHaveExisted(id)) {
      super.onStreamError(ctx, isOutbound, cause, fault);
    }
    // Else it was reset, and its sender does not know yet (RFC 9113 §5.1).
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean isOutbound,
      Throwable cause,
      @Nullable Http2Exception fault) {
    if (fault == null && !(cause instanceof IOException)) {
      LOG.error("a connection of HTTP/2 to {} failed", endpoint, cause);
    }
    if (!isClosed) {
      super.onConnectionError(ctx, isOutbound, cause, fault);
      ctx.flush();
    }
    end(
        fault == null ? Failure.UPSTREAM_CLOSED : Failure.UPSTREAM_INVALID,
        "" + cause.getMessage());
  }

  private void end(Failure failure, String how) {
    if (isClosed) {
      return;
    }
    if (failure == Failure.UPSTREAM_CLOSED && context().channel().isActive()) {
      goAway(
          context(), 0, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, context().newPromise());
      context().flush();
    }
    isClosed = true;
    heartbeat.stop();
    FailureException why = failure.exception(endpoint + ": " + how);
    List<Http2Call> all = List.copyOf(calls);
    if (isOpen) {
      pool.closed(this);
    } else {
      opening.endedEarly(how);
    }
    all.forEach(call -> call.fail(why));
    context().close();
  }
}
