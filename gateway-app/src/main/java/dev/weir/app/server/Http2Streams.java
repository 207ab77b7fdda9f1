package dev.weir.app.server;

import dev.weir.http.FailureException;
import dev.weir.http.Http2Fields;
import dev.weir.http.Http2Fields.Malformed;
import dev.weir.http2.StreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The streams of one connection: frames of a client made requests, and brought to them. */
final class Http2Streams extends StreamListener<Http2ClientStream> {

  private final Http2ClientConnection connection;
  private final Http2Service service;
  private final Http2RequestHead.Rules rules;
  private final Set<Http2ClientStream> open = new LinkedHashSet<>();
  private final ArrayDeque<Http2ClientStream> fresh = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext context;

  Http2Streams(Http2ClientConnection connection, Http2Service service) {
    super(connection.connection());
    this.connection = connection;
    this.service = service;
    this.rules =
        new Http2RequestHead.Rules(
            service.policy().maxHeaders(), service.limits().connectProtocols());
  }

  void begin(ChannelHandlerContext ctx) {
    context = ctx;
    listenTo(connection.encoder().flowController());
  }

  @Override
  protected void writabilityChanged(Http2ClientStream stream) {
    stream.writable();
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  /** Gives up the streams whose client takes nothing; how many. */
  int cutStalled(long nowNanos, long stallNanos) {
    List<Http2ClientStream> stalled =
        open.stream().filter(stream -> stream.isStalled(nowNanos, stallNanos)).toList();
    stalled.forEach(Http2ClientStream::giveUp);
    return stalled.size();
  }

  /** There will be no more answers on this connection. */
  void giveUp() {
    List.copyOf(open).forEach(Http2ClientStream::giveUp);
  }

  // Frames

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
    connection.greeted();
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean isEnd)
      throws Http2Exception {
    if (connection.hasFailed()) {
      return;
    }
    Http2Stream stream = connection.connection().stream(id);
    Http2ClientStream known = of(stream);
    try {
      if (known != null) {
        known.receivedTrailers(Http2Fields.read(headers));
      } else if (stream != null && stream.state().localSideOpen()) {
        begin(ctx, stream, Http2RequestHead.read(headers, rules));
        receivedEnd(stream, isEnd);
      }
    } catch (Malformed e) {
      throw malformed(id, e);
    }
  }

  private void begin(ChannelHandlerContext ctx, Http2Stream stream, HttpRequest head) {
    Http2ClientStream begun = new Http2ClientStream(connection, ctx, stream, head, service.clock());
    put(stream, begun);
    open.add(begun);
    fresh.add(begun);
    if (open.size() == 1) {
      connection.streamsBegin();
    }
  }

  /** What came in one go is here. */
  void readComplete() {
    while (!fresh.isEmpty()) {
      fresh.remove().readComplete();
    }
  }

  void ends(Http2ClientStream stream) {
    if (open.remove(stream) && open.isEmpty()) {
      connection.streamsEnd();
    }
  }

  /** Answers a request whose fields were not kept, on a stream that may not be there yet. */
  void refuse(int id, FailureException why) {
    ChannelHandlerContext ctx = context;
    Http2Connection streams = connection.connection();
    if (ctx == null) {
      return;
    }
    try {
      Http2Stream stream = streams.stream(id);
      if (stream == null && !streams.streamMayHaveExisted(id)) {
        stream = streams.remote().createStream(id, false);
        stream.headersReceived(false);
      }
      if (stream == null || of(stream) != null) {
        connection.resetStream(ctx, id, Http2Error.PROTOCOL_ERROR.code(), ctx.newPromise());
      } else {
        begin(ctx, stream, Http2RequestHead.refused(why));
      }
    } catch (Http2Exception e) {
      connection.onError(ctx, true, e);
    }
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean isEnd) {
    Http2ClientStream stream = of(id);
    if (stream == null) {
      return data.readableBytes() + padding;
    }
    int credit = stream.received(data, padding);
    if (isEnd) {
      stream.receivedEnd(EmptyHttpHeaders.INSTANCE);
    }
    return credit;
  }

  private void receivedEnd(Http2Stream stream, boolean isEnd) {
    Http2ClientStream begun = of(stream);
    if (isEnd && begun != null) {
      begun.receivedEnd(EmptyHttpHeaders.INSTANCE);
    }
  }

  @Override
  protected void closed(Http2ClientStream stream) {
    stream.streamClosed();
  }
}
