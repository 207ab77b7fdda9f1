package dev.weir.upstream;

import dev.weir.http.Http2Fields.Malformed;
import dev.weir.http2.StreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.ArrayDeque;

/** Brings the frames of an endpoint to the calls that they are for. */
final class Http2Frames extends StreamListener<Http2Call> {

  private final Http2EndpointConnection connection;
  private final Heartbeat heartbeat;

  /** Calls that were given something in the read that goes on. */
  private final ArrayDeque<Http2Call> told = new ArrayDeque<>();

  Http2Frames(Http2EndpointConnection connection, Heartbeat heartbeat) {
    super(connection.connection());
    this.connection = connection;
    this.heartbeat = heartbeat;
  }

  void begin() {
    listenTo(connection.encoder().flowController());
  }

  @Override
  protected void writabilityChanged(Http2Call call) {
    call.writable();
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

  @Override
  protected void closed(Http2Call call) {
    call.streamClosed();
  }
}
