package dev.weir.app.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * Counts the frames that bring no request forward, before anything is done for them: SETTINGS,
 * PING, PRIORITY, WINDOW_UPDATE, empty DATA, unknown ones, and resets. Who sends too many of them
 * wants to keep us busy (RFC 9113 §10.5). Requests and content earn more of them.
 *
 * <p>And judges HEADERS on streams that are closed, of which Netty says less than it should.
 */
final class StrictFrameReader implements Http2FrameReader {

  private static final int PER_USEFUL_FRAME = 4;

  private final Http2FrameReader reader;
  private final Http2Connection connection;
  private final SeenStreams seen;
  private final FrameBudget idleFrames;
  private final FrameBudget resets;
  private final Scheduler clock;
  private @Nullable Http2FrameListener listener;
  private @Nullable Http2FrameListener counting;

  StrictFrameReader(
      Http2FrameReader reader,
      Http2Connection connection,
      SeenStreams seen,
      FrameBudget idleFrames,
      FrameBudget resets,
      Scheduler clock) {
    this.reader = reader;
    this.connection = connection;
    this.seen = seen;
    this.idleFrames = idleFrames;
    this.resets = resets;
    this.clock = clock;
  }

  @Override
  public void readFrame(ChannelHandlerContext ctx, ByteBuf input, Http2FrameListener next)
      throws Http2Exception {
    Http2FrameListener counter = counting;
    if (counter == null || next != listener) {
      listener = next;
      counter = new Counter(next);
      counting = counter;
    }
    reader.readFrame(ctx, input, counter);
  }

  @Override
  public Configuration configuration() {
    return reader.configuration();
  }

  @Override
  public void close() {
    reader.close();
  }

  private void spend(FrameBudget budget, String what) throws Http2Exception {
    if (!budget.spend(clock.now(TimeUnit.NANOSECONDS))) {
      throw new Http2Exception(
          Http2Error.ENHANCE_YOUR_CALM,
          "too many " + what,
          Http2Exception.ShutdownHint.HARD_SHUTDOWN);
    }
  }

  private final class Counter extends Http2FrameListenerDecorator {

    Counter(Http2FrameListener next) {
      super(next);
    }

    private void idle() throws Http2Exception {
      spend(idleFrames, "frames without content");
    }

    /** Whether HEADERS are to be looked at: they open a stream, or are its trailer section. */
    private boolean mayOpen(int id) throws Http2Exception {
      Http2Stream stream = connection.stream(id);
      if (stream != null && !stream.state().remoteSideOpen()) {
        throw Http2Exception.streamError(id, Http2Error.STREAM_CLOSED, "HEADERS behind the end");
      }
      if (stream != null || !connection.streamMayHaveExisted(id)) {
        seen.opened(id);
        return true;
      }
      if (seen.wasReset(id)) {
        idle();
        return false;
      }
      throw seen.wasOpened(id)
          ? Http2Exception.connectionError(Http2Error.STREAM_CLOSED, "HEADERS on a closed stream")
          : Http2Exception.connectionError(
              Http2Error.PROTOCOL_ERROR, "stream %d behind a higher one", id);
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean isEnd)
        throws Http2Exception {
      if (data.isReadable() || isEnd) {
        idleFrames.earn(PER_USEFUL_FRAME);
      } else {
        idle();
      }
      return super.onDataRead(ctx, streamId, data, padding, isEnd);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean isEnd)
        throws Http2Exception {
      if (mayOpen(streamId)) {
        idleFrames.earn(PER_USEFUL_FRAME);
        super.onHeadersRead(ctx, streamId, headers, padding, isEnd);
      }
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int streamId,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean isEnd)
        throws Http2Exception {
      idleFrames.earn(PER_USEFUL_FRAME);
      super.onHeadersRead(ctx, streamId, headers, dependency, weight, exclusive, padding, isEnd);
    }

    @Override
    public void onPriorityRead(
        ChannelHandlerContext ctx, int streamId, int dependency, short weight, boolean exclusive)
        throws Http2Exception {
      idle();
      super.onPriorityRead(ctx, streamId, dependency, weight, exclusive);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode)
        throws Http2Exception {
      spend(resets, "resets");
      super.onRstStreamRead(ctx, streamId, errorCode);
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
      idle();
      super.onSettingsAckRead(ctx);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
        throws Http2Exception {
      idle();
      super.onSettingsRead(ctx, settings);
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
      idle();
      super.onPingRead(ctx, data);
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
      idle();
      super.onPingAckRead(ctx, data);
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int increment)
        throws Http2Exception {
      idle();
      super.onWindowUpdateRead(ctx, streamId, increment);
    }

    @Override
    public void onUnknownFrame(
        ChannelHandlerContext ctx, byte type, int streamId, Http2Flags flags, ByteBuf payload)
        throws Http2Exception {
      idle();
      super.onUnknownFrame(ctx, type, streamId, flags, payload);
    }
  }
}
