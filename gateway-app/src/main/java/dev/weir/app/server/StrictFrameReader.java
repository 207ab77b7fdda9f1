package dev.weir.app.server;

import dev.weir.http2.CountingFrameReader;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Stream;
import reactor.core.scheduler.Scheduler;

/**
 * Counts what brings no request forward, and judges HEADERS on streams that are closed, of which
 * Netty says less than it should.
 */
final class StrictFrameReader extends CountingFrameReader {

  private final Http2Connection connection;
  private final SeenStreams seen;

  StrictFrameReader(
      Http2FrameReader reader,
      Http2Connection connection,
      SeenStreams seen,
      Http2Budgets budgets,
      Scheduler clock) {
    super(reader, budgets.idleFrames(), budgets.resets(), clock);
    this.connection = connection;
    this.seen = seen;
  }

  /** They open a stream, or are its trailer section. */
  @Override
  protected boolean takesHeaders(int id) throws Http2Exception {
    Http2Stream stream = connection.stream(id);
    if (stream != null && !stream.state().remoteSideOpen()) {
      throw Http2Exception.streamError(id, Http2Error.STREAM_CLOSED, "HEADERS behind the end");
    }
    if (stream != null || !connection.streamMayHaveExisted(id)) {
      seen.opened(id);
      return true;
    }
    if (seen.wasReset(id)) {
      countIdle();
      return false;
    }
    throw seen.wasOpened(id)
        ? Http2Exception.connectionError(Http2Error.STREAM_CLOSED, "HEADERS on a closed stream")
        : Http2Exception.connectionError(
            Http2Error.PROTOCOL_ERROR, "stream %d behind a higher one", id);
  }
}
