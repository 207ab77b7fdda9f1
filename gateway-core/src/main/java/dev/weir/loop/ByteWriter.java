package dev.weir.loop;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Writes a stream of bytes to a connection, as fast as that takes it: the next piece is asked for
 * while the connection's own buffer is below its mark. Confined to the connection's event loop.
 */
public final class ByteWriter implements CoreSubscriber<ByteBuf> {

  private final Target target;
  private @Nullable Subscription subscription;
  private boolean isAsking;
  private boolean isOver;

  /** Where the bytes go. */
  public interface Target {

    /** Whether it takes more at once; when it does again, the writer has to be told. */
    boolean isWritable();

    /**
     * Takes a piece over, which is not empty.
     *
     * @throws RuntimeException if there is no place for it; then {@link #fail} follows
     */
    void write(ByteBuf piece);

    /** All is written. */
    void end();

    /** No more will come, though it should. */
    void fail(Throwable error);
  }

  public ByteWriter(Target target) {
    this.target = target;
  }

  /**
   * Writes all of a stream, once somebody subscribes, who does so on the event loop. Cancelling
   * leaves the stream where it is, and tells the target nothing.
   *
   * @param target of the subscriber: it completes the sink once all is written, or fails it
   * @param onBegin is given the writer, which has to be told when the target takes more again
   */
  public static Mono<Void> writeAll(
      Flux<ByteBuf> bytes, Function<MonoSink<Void>, Target> target, Consumer<ByteWriter> onBegin) {
    return Mono.create(
        sink -> {
          ByteWriter writer = new ByteWriter(target.apply(sink));
          onBegin.accept(writer);
          sink.onDispose(writer::cancel);
          writer.start(bytes);
        });
  }

  /** Begins; the stream's signals must come on the event loop. */
  public void start(Flux<ByteBuf> bytes) {
    bytes.subscribe(this);
  }

  /** The target takes more again. */
  public void writable() {
    if (!isAsking && !isOver && subscription != null && target.isWritable()) {
      isAsking = true;
      subscription.request(1);
    }
  }

  /** Leaves the stream where it is; the target is told nothing more. */
  public void cancel() {
    if (!isOver) {
      isOver = true;
      if (subscription != null) {
        subscription.cancel();
      }
    }
  }

  @Override
  public void onSubscribe(Subscription upstream) {
    if (isOver) {
      upstream.cancel();
    } else {
      subscription = upstream;
      writable();
    }
  }

  @Override
  public void onNext(ByteBuf piece) {
    isAsking = false;
    if (isOver || !piece.isReadable()) {
      piece.release();
    } else {
      try {
        target.write(piece);
      } catch (RuntimeException e) {
        cancel();
        target.fail(e);
      }
    }
    writable();
  }

  @Override
  public void onError(Throwable error) {
    if (!isOver) {
      isOver = true;
      target.fail(error);
    }
  }

  @Override
  public void onComplete() {
    if (!isOver) {
      isOver = true;
      target.end();
    }
  }
}
