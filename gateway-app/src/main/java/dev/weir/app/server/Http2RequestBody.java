package dev.weir.app.server;

import dev.weir.http.Body;
import dev.weir.http.Failure;
import dev.weir.loop.ByteStream;
import dev.weir.loop.HeldPieces;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request on a stream of HTTP/2, and what its client may send of it.
 *
 * <p>What comes in one go is kept until the read is over, as with HTTP/1.1: a body that is small
 * and whole by then is a value in memory, as long as those of its connection take no more than that
 * may have on its way. For any other, no credit is given back before somebody reads it, so that
 * windows bound what waits; and then as long as fewer bytes wait than a {@link ByteStream} lets
 * wait.
 */
final class Http2RequestBody implements ByteStream.Source {

  /** A piece takes memory beside its bytes; who keeps more of them puts them together. */
  private static final int MAX_HELD_PIECES = 32;

  private final Http2ClientConnection connection;
  private final Http2Stream stream;
  private final EventLoop loop;
  private final HeldPieces held = new HeldPieces();
  private @Nullable ByteStream bytes;
  private boolean isPaused = true;
  private int owed;
  private int valueBytes;

  Http2RequestBody(Http2ClientConnection connection, Http2Stream stream, EventLoop loop) {
    this.connection = connection;
    this.stream = stream;
    this.loop = loop;
  }

  /**
   * Some of it came, and stays the caller's.
   *
   * @return how many of these bytes the client may send again at once
   */
  int received(ByteBuf data) {
    int count = data.readableBytes();
    if (count > 0) {
      add(data.retain());
    }
    if (isPaused) {
      owed += count;
      return 0;
    }
    return count;
  }

  private void add(ByteBuf piece) {
    if (bytes == null) {
      held.add(piece);
    } else {
      bytes.push(piece);
    }
  }

  /** Whether more has come than is to be kept until the read is over. */
  boolean isLarge() {
    return bytes == null && (!held.isSmall() || held.count() > MAX_HELD_PIECES);
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  /** All of it as a value, for all of it is here; null if it is too large for that. */
  @Nullable Body value() {
    if (held.isEmpty()) {
      return Body.empty();
    }
    if (!held.isSmall() || !connection.mayHold(held.bytes())) {
      return null;
    }
    valueBytes = held.bytes();
    giveCredit();
    return held.take();
  }

  /** What has come, and what comes. */
  ByteStream stream() {
    ByteStream opened = ByteStream.pausedUntilRead(loop, this);
    bytes = opened;
    held.pushTo(opened);
    return opened;
  }

  /** All of it is here. */
  void complete() {
    if (bytes != null) {
      bytes.complete();
    }
  }

  /** Nobody has asked for it yet, and nobody will. */
  void release() {
    held.release();
  }

  /** Its stream is over. */
  void end() {
    connection.holdsNoMore(valueBytes);
    if (bytes != null) {
      bytes.fail(Failure.CLIENT_LEFT.exception("while it sent its request"));
    }
  }

  // What its reader says

  @Override
  public void read(boolean isWanted) {
    isPaused = !isWanted;
    if (isWanted) {
      giveCredit();
    }
  }

  private void giveCredit() {
    if (owed > 0) {
      int due = owed;
      owed = 0;
      connection.giveCredit(stream, due);
    }
  }

  /** Nobody wants the rest of the request; it is read and thrown away. */
  @Override
  public void abandoned() {
    read(true);
  }

  /** An answer may take long yet, and others need what the connection's window still lacks. */
  @Override
  public void finished() {
    giveCredit();
  }
}
