package dev.weir.upstream;

import dev.weir.http2.CountingFrameReader;
import dev.weir.http2.FrameBudget;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameReader;
import reactor.core.scheduler.Scheduler;

/** Counts what an endpoint sends that brings no answer forward. */
final class EndpointFrameReader extends CountingFrameReader {

  private final Http2Connection connection;

  /** Resets are counted with the rest: each ends a stream that we began. */
  EndpointFrameReader(
      Http2FrameReader reader, Http2Connection connection, FrameBudget budget, Scheduler clock) {
    super(reader, budget, budget, clock);
    this.connection = connection;
  }

  /** Those of a stream that was reset are on their way yet; streams of its own it has none. */
  @Override
  protected boolean takesHeaders(int id) throws Http2Exception {
    if (connection.stream(id) != null) {
      return true;
    }
    if (!connection.local().mayHaveCreatedStream(id)) {
      throw Http2Exception.connectionError(
          Http2Error.PROTOCOL_ERROR, "HEADERS on stream %d, which nobody began", id);
    }
    countIdle();
    return false;
  }
}
