package dev.weir.upstream;

import dev.weir.http.Http2Fields.Malformed;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Brings the frames of an endpoint to the calls that they are for. */
final class Http2Frames extends Http2EventAdapter {

  private final Http2EndpointConnection connection;
  private final Heartbeat heartbeat;
  private final Http2Connection.PropertyKey key;

  /** Calls that were given something in the read that goes on. */
  private final ArrayDeque<Http2Call> told = new ArrayDeque<>();

  Http2Frames(Http2EndpointConnection connection, Heartbeat heartbeat) {
    this.connection = connection;
    this.heartbeat = heartbeat;
    this.key = connection.connection().newKey();
  }

  void begin() {
    connection.encoder().flowController().listener(this::writabilityChanged);
  }

  private void writabilityChanged(Http2Stream stream) {
    Http2Call call = of(stream);
    if (call != null) {
      call.writable();
    }
  }

  void put(Http2Stream stream, Http2Call call) {
    stream.setProperty(key, call);
  }

  @Nullable Http2Call of(@Nullable Http2Stream stream) {
    return stream == null ? null : stream.getProperty(key);
  }

  private @Nullable Http2Call of(int id) {
    return of(connection.connection().stream(id));
  }

  /** All of what came in one go is here. */
  void readComplete() {
    while (!told.isEmpty()) {
      told.remove().readComplete();
    }
  }

  private void tell(Http2Call call) {
    if (told.peekLast() != call) {
      told.add(call);
    }
  }

  // Frames

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
    connection.settingsReceived();
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int id,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean isEnd)
      throws Http2Exception {
    onHeadersRead(ctx, id, headers, padding, isEnd);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean isEnd)
      throws Http2Exception {
    heartbeat.heard();
    Http2Call call = of(id);
    if (call == null) {
      return;
    }
    try {
      call.received(headers, isEnd);
    } catch (Malformed e) {
      throw malformed(id, e);
    }
    tell(call);
  }

  private static Http2Exception malformed(int id, Malformed fault) {
    return Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, "%s", fault.getMessage());
  }

  @Override
  public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean isEnd)
      throws Http2Exception {
    heartbeat.heard();
    Http2Call call = of(id);
    if (call == null) {
      return data.readableBytes() + padding;
    }
    tell(call);
    try {
      return call.received(data, padding, isEnd);
    } catch (Malformed e) {
      throw malformed(id, e);
    }
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int id, long code) {
    Http2Call call = of(id);
    if (call != null) {
      call.resetByEndpoint(code);
    }
  }

  @Override
  public void onPushPromiseRead(
      ChannelHandlerContext ctx, int id, int promised, Http2Headers headers, int padding)
      throws Http2Exception {
    throw Http2Exception.connectionError(
        Http2Error.PROTOCOL_ERROR, "PUSH_PROMISE, which we have asked not to send");
  }

  @Override
  public void onGoAwayReceived(int lastStream, long code, ByteBuf debugData) {
    connection.goesAway(lastStream, Http2Call.name(code));
  }

  // Streams

  @Override
  public void onStreamClosed(Http2Stream stream) {
    Http2Call call = of(stream);
    if (call != null) {
      call.streamClosed();
    }
  }
}
