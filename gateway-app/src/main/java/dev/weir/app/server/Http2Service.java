package dev.weir.app.server;

import dev.weir.http2.FrameBudget;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;

/** What all connections of a listener share that speak HTTP/2, and where they come from. */
record Http2Service(
    ListenerPolicy policy,
    Http2Limits limits,
    Intake intake,
    Connections connections,
    Exchange.Surroundings surroundings,
    Scheduler clock) {

  private static final int MAX_SMALL_CONTINUATIONS = 16;

  /** A new connection. */
  Http2ClientConnection newConnection() {
    long now = clock.now(TimeUnit.NANOSECONDS);
    Http2Budgets budgets =
        new Http2Budgets(
            new FrameBudget(limits.maxIdleFrames(), now), new FrameBudget(limits.maxResets(), now));
    SeenStreams seen = new SeenStreams();
    Http2Settings settings =
        new Http2Settings()
            .maxConcurrentStreams(limits.maxStreams())
            .initialWindowSize(limits.streamWindow())
            .maxHeaderListSize(policy.maxHeaderBytes());
    if (!limits.connectProtocols().isEmpty()) {
      settings.connectProtocolEnabled(true);
    }
    Http2Connection connection = new DefaultHttp2Connection(true);
    connection.remote().maxActiveStreams(limits.maxStreams());
    // A limit of the client's on fields is advice (RFC 9113 §6.5.2); it is not to cost it an
    // answer.
    Http2FrameWriter writer =
        new DefaultHttp2FrameWriter(Http2HeadersEncoder.NEVER_SENSITIVE, true);
    Http2ConnectionEncoder encoder = new DefaultHttp2ConnectionEncoder(connection, writer);
    Http2FrameReader reader =
        new StrictFrameReader(
            new DefaultHttp2FrameReader(
                new DefaultHttp2HeadersDecoder(true, policy.maxHeaderBytes()),
                MAX_SMALL_CONTINUATIONS),
            connection,
            seen,
            budgets,
            clock);
    return new Http2ClientConnection(
        new DefaultHttp2ConnectionDecoder(connection, encoder, reader),
        encoder,
        settings,
        budgets,
        seen,
        this);
  }
}
