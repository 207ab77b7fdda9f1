package dev.weir.upstream;

import dev.weir.http2.FrameBudget;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * Netty's codec as a connection to an endpoint has it: what is announced, and what is counted.
 *
 * @param settings which are announced
 * @param budget of frames that bring nothing forward
 */
record Http2Codec(
    Http2ConnectionDecoder decoder,
    Http2ConnectionEncoder encoder,
    Http2Settings settings,
    FrameBudget budget) {

  private static final int MAX_SMALL_CONTINUATIONS = 16;

  /** For a connection of that pool. */
  static Http2Codec of(Http2Pool pool) {
    int maxHeaderBytes = pool.policy().maxHeaderBytes();
    Http2Settings settings =
        new Http2Settings()
            .pushEnabled(false)
            .initialWindowSize(pool.http2().streamWindow())
            .maxHeaderListSize(maxHeaderBytes);
    Http2Connection connection = new DefaultHttp2Connection(false);
    connection.local().flowController(new DefaultHttp2LocalFlowController(connection, 0.5f, true));
    // A limit of the endpoint's on fields is advice (RFC 9113 §6.5.2), and the answer is its own.
    Http2ConnectionEncoder encoder =
        new DefaultHttp2ConnectionEncoder(
            connection, new DefaultHttp2FrameWriter(Http2RequestHead::isSensitive, true));
    FrameBudget budget = new FrameBudget(pool.http2().maxIdleFrames(), pool.now());
    EndpointFrameReader reader =
        new EndpointFrameReader(
            new DefaultHttp2FrameReader(
                new DefaultHttp2HeadersDecoder(true, maxHeaderBytes), MAX_SMALL_CONTINUATIONS),
            connection,
            budget,
            pool.clock());
    return new Http2Codec(
        new DefaultHttp2ConnectionDecoder(connection, encoder, reader), encoder, settings, budget);
  }
}
