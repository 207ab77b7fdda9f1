package dev.weir.upstream;

import dev.weir.http.Body;
import dev.weir.http.Failure;
import dev.weir.http.HeadBytes;
import dev.weir.http.Trailers;
import dev.weir.loop.ByteWriter;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * The content of a request on its way to a connection: in chunks if its length is not known (RFC
 * 9112 §7.1), with its trailer section behind; else held to the length that was announced, since a
 * byte too many would be read as the next request.
 */
final class RequestContent implements ByteWriter.Target {

  private static final String LAST_CHUNK = "0\r\n";
  private static final int LINE_END = ('\r' << 8) | '\n';
  private static final int MAX_CHUNK_HEAD = 10;
  private static final int TRAILER_BYTES = 64;

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
      ByteBuf head = connection.newBuffer(MAX_CHUNK_HEAD);
      head.writeCharSequence(Integer.toHexString(bytes), StandardCharsets.US_ASCII);
      connection.write(head.writeShort(LINE_END));
      connection.write(piece);
      connection.write(connection.newBuffer(2).writeShort(LINE_END));
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
    ByteBuf end = connection.newBuffer(TRAILER_BYTES);
    end.writeCharSequence(LAST_CHUNK, StandardCharsets.US_ASCII);
    HeadBytes.writeFields(Trailers.passedOn(body.trailers()), end);
    HeadBytes.writeLineEnd(end);
    connection.write(end);
    connection.flush();
  }

  @Override
  public void fail(Throwable error) {
    call.fail(error);
  }
}
