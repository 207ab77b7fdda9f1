package dev.weir.upstream;

import dev.weir.http.Body;
import dev.weir.http.Failure;
import dev.weir.http.HeadBytes;
import dev.weir.http.Trailers;
import dev.weir.loop.ByteWriter;
import io.netty.buffer.ByteBuf;

/**
 * The content of a request on its way to a connection: in chunks if its length is not known (RFC
 * 9112 §7.1), with its trailer section behind; else held to the length that was announced, since a
 * byte too many would be read as the next request.
 */
final class RequestContent implements ByteWriter.Target {

  private static final String LAST_CHUNK = "0\r\n";

  private final Http1Connection connection;
  private final Body body;
  private final long length;
  private final Http1Call call;
  private long written;

  RequestContent(Http1Connection connection, Body body, Http1Call call) {
    this.connection = connection;
    this.body = body;
    this.length = body.length();
    this.call = call;
  }

  @Override
  public boolean isWritable() {
    return connection.isWritable();
  }

  @Override
  public void write(ByteBuf piece) {
    int bytes = piece.readableBytes();
    if (length < 0) {
      HeadBytes size = HeadBytes.begin();
      size.text(Integer.toHexString(bytes));
      size.lineEnd();
      connection.write(size.end(connection.allocator()));
      connection.write(piece);
      HeadBytes end = HeadBytes.begin();
      end.lineEnd();
      connection.write(end.end(connection.allocator()));
    } else if (written + bytes > length) {
      piece.release();
      throw Failure.INTERNAL.exception("request body: more than the announced " + length);
    } else {
      written += bytes;
      connection.write(piece);
    }
    if (written == length || !connection.isWritable()) {
      connection.flush();
    } else {
      connection.flushSoon();
    }
  }

  @Override
  public void end() {
    if (length < 0) {
      writeLastChunk();
    } else if (written < length) {
      fail(
          Failure.INTERNAL.exception(
              "request body: " + written + " bytes (expected: " + length + ")"));
      return;
    }
    call.requestWritten();
  }

  private void writeLastChunk() {
    HeadBytes end = HeadBytes.begin();
    end.text(LAST_CHUNK);
    end.fields(Trailers.passedOn(body.trailers()));
    end.lineEnd();
    connection.write(end.end(connection.allocator()));
    connection.flush();
  }

  @Override
  public void fail(Throwable error) {
    call.fail(error);
  }
}
