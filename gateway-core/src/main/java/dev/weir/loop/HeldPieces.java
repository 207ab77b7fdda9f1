package dev.weir.loop;

import dev.weir.http.Body;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Content that came in one go, until it is known whether it is small and whole, and so a body in
 * memory, or the beginning of a {@link ByteStream}. It owns its pieces until they are taken or
 * released. Most content is one piece, which needs no list.
 */
public final class HeldPieces {

  private static final int MAX_BYTES = 64 << 10;

  private @Nullable ByteBuf first;
  private @Nullable List<ByteBuf> others;
  private int bytes;

  /**
   * The next piece, which it takes over. What bounds them is what one read of a socket brings; who
   * may add for longer has to look whether they are {@linkplain #isSmall few} still.
   */
  public void add(ByteBuf piece) {
    bytes += piece.readableBytes();
    if (first == null) {
      first = piece;
      return;
    }
    if (others == null) {
      others = new ArrayList<>();
    }
    others.add(piece);
  }

  /** Whether anything has come, be it taken or not. */
  public boolean isEmpty() {
    return bytes == 0;
  }

  /** How many bytes have come, be they taken or not. */
  public int bytes() {
    return bytes;
  }

  /** How many pieces wait. */
  public int count() {
    return first == null ? 0 : others == null ? 1 : 1 + others.size();
  }

  /** Whether what has come is few enough bytes to be a body in memory. */
  public boolean isSmall() {
    return bytes <= MAX_BYTES;
  }

  /** All of it as a body in memory. */
  public Body take() {
    ByteBuf whole = first;
    if (whole == null) {
      return Body.empty();
    }
    if (others != null) {
      others.add(0, whole);
      whole = Unpooled.wrappedBuffer(others.toArray(new ByteBuf[0]));
    }
    forget();
    return Body.held(whole);
  }

  /** All of it is the stream's, which is to be {@linkplain ByteStream#pauseIfFull looked at}. */
  public void pushTo(ByteStream stream) {
    ByteBuf head = first;
    List<ByteBuf> rest = others;
    forget();
    if (head != null) {
      stream.begin(head);
    }
    if (rest != null) {
      rest.forEach(stream::begin);
    }
  }

  /** Nobody wants it. */
  public void release() {
    if (first != null) {
      first.release();
    }
    if (others != null) {
      others.forEach(ByteBuf::release);
    }
    forget();
  }

  private void forget() {
    first = null;
    others = null;
  }
}
