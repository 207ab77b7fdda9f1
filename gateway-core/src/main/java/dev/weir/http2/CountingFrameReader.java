package dev.weir.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * Counts the frames that bring no message forward, before anything is done for them: SETTINGS,
 * PING, PRIORITY, WINDOW_UPDATE, empty DATA, unknown ones, and resets. Who sends too many of them
 * wants to keep us busy (RFC 9113 §10.5), and loses the connection. Header blocks and content earn
 * more of them. Confined to the event loop of its connection.
 */
public abstract class CountingFrameReader implements Http2FrameReader {

  private static final int PER_USEFUL_FRAME = 4;

  private final Http2FrameReader reader;
  private final FrameBudget idleFrames;
  private final FrameBudget resets;
  private final Scheduler clock;
  private @Nullable Http2FrameListener listener;
  private @Nullable Http2FrameListener counting;

  /** In front of that reader, with these budgets. */
  protected CountingFrameReader(
      Http2FrameReader reader, FrameBudget idleFrames, FrameBudget resets, Scheduler clock) {
    this.reader = reader;
    this.idleFrames = idleFrames;
    this.resets = resets;
    this.clock = clock;
  }

  /**
   * Whether a header block on that stream is to be looked at; else it is passed over.
   *
   * @throws Http2Exception if it is a fault
   */
  protected abstract boolean takesHeaders(int streamId) throws Http2Exception;

  @Override
  public final void readFrame(ChannelHandlerContext ctx, ByteBuf input, Http2FrameListener next)
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
  public final Configuration configuration() {
    return reader.configuration();
  }

  @Override
  public final void close() {
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

  /** One more frame that brings nothing forward. */
  protected final void countIdle() throws Http2Exception {
    spend(idleFrames, "frames without content");
  }

  private final class Counter extends Http2FrameListenerDecorator {

    Counter(Http2FrameListener next) {
      super(next);
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean isEnd)
        throws Http2Exception {
      if (data.isReadable() || isEnd) {
        idleFrames.earn(PER_USEFUL_FRAME);
      } else {
        countIdle();
      }
      return super.onDataRead(ctx, streamId, data, padding, isEnd);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean isEnd)
        throws Http2Exception {
      if (takesHeaders(streamId)) {
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
      if (takesHeaders(streamId)) {
        idleFrames.earn(PER_USEFUL_FRAME);
        super.onHeadersRead(ctx, streamId, headers, dependency, weight, exclusive, padding, isEnd);
      }
    }

    @Override
    public void onPriorityRead(
        ChannelHandlerContext ctx, int streamId, int dependency, short weight, boolean exclusive)
        throws Http2Exception {
      countIdle();
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
      countIdle();
      super.onSettingsAckRead(ctx);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
        throws Http2Exception {
      countIdle();
      super.onSettingsRead(ctx, settings);
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
      countIdle();
      super.onPingRead(ctx, data);
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
      countIdle();
      super.onPingAckRead(ctx, data);
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int increment)
        throws Http2Exception {
      countIdle();
      super.onWindowUpdateRead(ctx, streamId, increment);
    }

    @Override
    public void onUnknownFrame(
        ChannelHandlerContext ctx, byte type, int streamId, Http2Flags flags, ByteBuf payload)
        throws Http2Exception {
      countIdle();
      super.onUnknownFrame(ctx, type, streamId, flags, payload);
    }
  }
}
