package dev.weir.http2;

import dev.weir.http.Http2Fields.Malformed;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whoever brings the frames of a connection to those that use its streams. Confined to the
 * connection's event loop.
 *
 * @param <S> the user of a stream
 */
public abstract class StreamListener<S> extends Http2EventAdapter {

  private final Http2Connection connection;
  private final Http2Connection.PropertyKey key;

  protected StreamListener(Http2Connection connection) {
    this.connection = connection;
    this.key = connection.newKey();
  }

  /** Its stream takes more again, or less. */
  protected abstract void writabilityChanged(S user);

  /** Its stream is closed, whoever closed it. */
  protected abstract void closed(S user);

  /** Hears from now on of streams that take more; the codec has to be on its channel by then. */
  protected final void listenTo(Http2RemoteFlowController windows) {
    windows.listener(
        stream -> {
          S user = of(stream);
          if (user != null) {
            writabilityChanged(user);
          }
        });
  }

  public final void put(Http2Stream stream, S user) {
    stream.setProperty(key, user);
  }

  /** The user of that stream, if there are both. */
  public final @Nullable S of(@Nullable Http2Stream stream) {
    return stream == null ? null : stream.getProperty(key);
  }

  protected final @Nullable S of(int id) {
    return of(connection.stream(id));
  }

  /** Priorities are not for us (RFC 9113 §5.3.2). */
  @Override
  public final void onHeadersRead(
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
  public final void onStreamClosed(Http2Stream stream) {
    S user = of(stream);
    if (user != null) {
      closed(user);
    }
  }

  /** What breaks the rules of HTTP is a fault of its stream alone (RFC 9113 §8.1.1). */
  protected static Http2Exception malformed(int id, Malformed fault) {
    return Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, "%s", fault.getMessage());
  }
}
