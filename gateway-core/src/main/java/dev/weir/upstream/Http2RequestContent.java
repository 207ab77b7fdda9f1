package dev.weir.upstream;

import dev.weir.http.Body;
import dev.weir.http.Failure;
import dev.weir.http.Trailers;
import dev.weir.loop.ByteWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * The content of a request on its way to a stream, as fast as the endpoint's windows allow; held to
 * the length that was announced, with its trailer section behind.
 */
final class Http2RequestContent implements ByteWriter.Target {

  private final Http2EndpointConnection connection;
  private final Http2Stream stream;
  private final Body body;
  private final long length;
  private final Http2Call call;
  private long written;

  Http2RequestContent(
      Http2EndpointConnection connection, Http2Stream stream, Body body, Http2Call call) {
    this.connection = connection;
    this.stream = stream;
    this.body = body;
    this.length = body.length();
    this.call = call;
  }

  @Override
  public boolean isWritable() {
    return connection.isWritable(stream);
  }

  @Override
  public void write(ByteBuf piece) {
    int bytes = piece.readableBytes();
    if (length >= 0 && written + bytes > length) {
      piece.release();
      throw Failure.INTERNAL.exception("request body: more than the announced " + length);
    }
    written += bytes;
    connection.write(stream, piece, false);
  }

  @Override
  public void end() {
    if (written < length) {
      fail(
          Failure.INTERNAL.exception(
              "request body: " + written + " bytes (expected: " + length + ")"));
      return;
    }
    HttpHeaders trailers = Trailers.passedOn(body.trailers());
    if (trailers.isEmpty()) {
      connection.write(stream, Unpooled.EMPTY_BUFFER, true);
    } else {
      connection.writeTrailers(stream, trailers);
    }
    call.requestWritten();
  }

  @Override
  public void fail(Throwable error) {
    call.fail(error);
  }
}
