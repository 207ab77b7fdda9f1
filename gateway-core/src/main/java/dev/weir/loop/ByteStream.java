package dev.weir.loop;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * Bytes that come from a connection, for one reader, at the reader's pace: past a bound of bytes
 * that nobody has asked for, the connection is told to stop reading until all of them are gone.
 * Small pieces that wait are copied together: each may be cut from a far larger buffer, and keep
 * all of that alive. A stream that is {@link #pausedUntilRead paused until it is read} has no such
 * bound before it has a reader: that is for the connection to set.
 *
 * <p>Confined to the connection's event loop; a demand or cancellation from elsewhere goes there
 * first.
 */
public final class ByteStream extends Flux<ByteBuf> implements Subscription {

  /**
   * Into what codecs cut content, at most: each piece costs the same on its way, and one each way
   * may be in hand beyond the marks.
   */
  public static final int MAX_PIECE_BYTES = 32 << 10;

  private static final int MAX_WAITING_BYTES = 64 << 10;
  private static final int SMALL = 4 << 10;
  private static final int MIN_COLLECTED = 512;
  private static final int MAX_COLLECTED = 8 << 10;

  private final EventLoop loop;
  private final Source source;
  private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(4);

  /** The last that waits, if there is room in it. */
  private @Nullable ByteBuf collected;

  private int waitingBytes;
  private boolean isPaused;
  private @Nullable CoreSubscriber<? super ByteBuf> reader;
  private long demand;
  private boolean isDraining;
  private boolean hasEnded;
  private @Nullable Throwable error;
  private boolean isOver;

  /** Where the bytes come from. */
  public interface Source {

    /** Whether to read on. */
    void read(boolean isWanted);

    /** The reader has left before the end. */
    void abandoned();

    /** The end has come, and nothing waits any more: all was read, or the reader has left. */
    default void finished() {}
  }

  public ByteStream(EventLoop loop, Source source) {
    this(loop, source, false);
  }

  private ByteStream(EventLoop loop, Source source, boolean isPaused) {
    this.loop = loop;
    this.source = source;
    this.isPaused = isPaused;
  }

  /** One whose source is told to read on once there is a reader who has taken what had come. */
  public static ByteStream pausedUntilRead(EventLoop loop, Source source) {
    return new ByteStream(loop, source, true);
  }

  /** The next bytes, which the stream takes over. */
  public void push(ByteBuf bytes) {
    begin(bytes);
    pauseIfFull();
  }

  /**
   * The same for bytes that are here before anybody could ask for them; {@link #pauseIfFull}
   * follows when somebody could. Most readers take all of them, and to stop and start reading is
   * two system calls.
   */
  void begin(ByteBuf bytes) {
    if (isOver) {
      bytes.release();
      return;
    }
    waitingBytes += bytes.readableBytes();
    boolean isTakenAtOnce = waiting.isEmpty() && demand > 0;
    if (isTakenAtOnce || bytes.readableBytes() > SMALL) {
      waiting.add(bytes);
      collected = null;
    } else {
      collect(bytes);
    }
    drain();
  }

  /** Stops the source if too much waits. */
  public void pauseIfFull() {
    if (waitingBytes > MAX_WAITING_BYTES && !isPaused && !isOver) {
      isPaused = true;
      source.read(false);
    }
  }

  private void collect(ByteBuf small) {
    ByteBuf last = collected;
    if (last == null || last.writerIndex() + small.readableBytes() > MAX_COLLECTED) {
      last = small.alloc().buffer(MIN_COLLECTED, MAX_COLLECTED);
      collected = last;
      waiting.add(last);
    }
    last.writeBytes(small);
    small.release();
  }

  /** All bytes have come. */
  public void complete() {
    hasEnded = true;
    drain();
  }

  /** No more bytes will come, though they should. */
  public void fail(Throwable cause) {
    if (!hasEnded) {
      hasEnded = true;
      error = cause;
      drain();
    }
  }

  @Override
  public void subscribe(CoreSubscriber<? super ByteBuf> actual) {
    if (reader != null || isOver) {
      Operators.error(actual, new IllegalStateException("a stream of bytes is read once"));
      return;
    }
    reader = actual;
    actual.onSubscribe(this);
    drain();
  }

  @Override
  public void request(long n) {
    if (!loop.inEventLoop()) {
      loop.execute(() -> request(n));
    } else if (Operators.validate(n)) {
      demand = Operators.addCap(demand, n);
      drain();
    }
  }

  private void drain() {
    CoreSubscriber<? super ByteBuf> actual = reader;
    if (actual == null || isDraining) {
      return;
    }
    isDraining = true;
    while (!isOver && demand > 0 && !waiting.isEmpty()) {
      ByteBuf bytes = waiting.remove();
      collected = waiting.isEmpty() ? null : collected;
      waitingBytes -= bytes.readableBytes();
      demand -= demand == Long.MAX_VALUE ? 0 : 1;
      actual.onNext(bytes);
    }
    isDraining = false;
    if (!isOver && waiting.isEmpty()) {
      emptied(actual);
    }
  }

  private void emptied(CoreSubscriber<? super ByteBuf> actual) {
    if (hasEnded) {
      isOver = true;
      source.finished();
      if (error == null) {
        actual.onComplete();
      } else {
        actual.onError(error);
      }
    } else if (isPaused) {
      isPaused = false;
      source.read(true);
    }
  }

  /** Frees what nobody will read, and tells the connection unless it has given all. */
  @Override
  public void cancel() {
    if (!loop.inEventLoop()) {
      loop.execute(this::cancel);
      return;
    }
    if (isOver) {
      return;
    }
    isOver = true;
    while (!waiting.isEmpty()) {
      waiting.remove().release();
    }
    waitingBytes = 0;
    if (hasEnded) {
      source.finished();
    } else {
      source.abandoned();
    }
  }
}
