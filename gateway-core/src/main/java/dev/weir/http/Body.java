package dev.weir.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The content of a request or a response: empty, held in memory, or streaming.
 *
 * <p>Whoever holds a body reads it to its end or {@link #discard() discards} it. A held body can be
 * read any number of times until it is discarded; a streaming one once. Reading and discarding
 * happen on the event loop of the exchange.
 */
public abstract class Body {

  private static final Body EMPTY = new Empty();

  Body() {}

  public static Body empty() {
    return EMPTY;
  }

  /** All of {@code content}, whose reference the body takes over and frees when discarded. */
  public static Body held(ByteBuf content) {
    return new Held(content);
  }

  /** All of {@code content}, which nobody may change any more. */
  public static Body held(byte[] content) {
    return new Held(Unpooled.wrappedBuffer(content));
  }

  /**
   * What {@code content} emits, each buffer to be freed by the subscriber. Cancelling it must free
   * whatever it stands on.
   *
   * @param length in bytes, or -1 if unknown
   * @param trailers the trailer fields, asked for once the content has ended
   * @param discard frees whatever the content stands on, if nobody ever subscribes
   */
  public static Body streaming(
      Flux<ByteBuf> content, long length, Supplier<HttpHeaders> trailers, Runnable discard) {
    return new Streaming(content, length, trailers, discard, new AtomicBoolean());
  }

  /** In bytes; -1 if unknown. */
  public abstract long length();

  /** The bytes, each buffer owned by the subscriber. */
  public abstract Flux<ByteBuf> content();

  /** Frees what was not read; any number of calls is as good as one. */
  public abstract void discard();

  /** Whether the content can be read from its beginning now: for the first time, or again. */
  public abstract boolean isRepeatable();

  /** The trailer fields; empty before the content has ended. */
  public HttpHeaders trailers() {
    return EmptyHttpHeaders.INSTANCE;
  }

  /**
   * The content of a body that is all in memory, without giving up the body's reference to it; null
   * of a streaming one.
   */
  public abstract @Nullable ByteBuf held();

  /** This body with an operator on its stream; a body in memory stays as it is. */
  public Body onStream(UnaryOperator<Flux<ByteBuf>> operator) {
    return this;
  }

  private static final class Empty extends Body {

    @Override
    public long length() {
      return 0;
    }

    @Override
    public Flux<ByteBuf> content() {
      return Flux.empty();
    }

    @Override
    public void discard() {}

    @Override
    public boolean isRepeatable() {
      return true;
    }

    @Override
    public ByteBuf held() {
      return Unpooled.EMPTY_BUFFER;
    }
  }

  private static final class Held extends Body {

    private final ByteBuf content;
    private final AtomicBoolean isDiscarded = new AtomicBoolean();

    Held(ByteBuf content) {
      this.content = content;
    }

    @Override
    public long length() {
      return content.readableBytes();
    }

    @Override
    public Flux<ByteBuf> content() {
      // Made when it is asked for: a reader who leaves before that has nothing to free.
      return Mono.fromSupplier(content::retainedDuplicate).flux();
    }

    @Override
    public void discard() {
      if (isDiscarded.compareAndSet(false, true)) {
        content.release();
      }
    }

    @Override
    public boolean isRepeatable() {
      return true;
    }

    @Override
    public ByteBuf held() {
      return content;
    }
  }

  private static final class Streaming extends Body {

    private final Flux<ByteBuf> content;
    private final long length;
    private final Supplier<HttpHeaders> trailers;
    private final Runnable discard;
    private final AtomicBoolean isTaken;

    Streaming(
        Flux<ByteBuf> content,
        long length,
        Supplier<HttpHeaders> trailers,
        Runnable discard,
        AtomicBoolean isTaken) {
      this.content = content;
      this.length = length;
      this.trailers = trailers;
      this.discard = discard;
      this.isTaken = isTaken;
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public Flux<ByteBuf> content() {
      return Flux.defer(
          () ->
              isTaken.compareAndSet(false, true)
                  ? content
                  : Flux.error(new IllegalStateException("a streaming body is read once")));
    }

    @Override
    public void discard() {
      if (isTaken.compareAndSet(false, true)) {
        discard.run();
      }
    }

    @Override
    public boolean isRepeatable() {
      return !isTaken.get();
    }

    @Override
    public HttpHeaders trailers() {
      return trailers.get();
    }

    @Override
    public @Nullable ByteBuf held() {
      return null;
    }

    @Override
    public Body onStream(UnaryOperator<Flux<ByteBuf>> operator) {
      return new Streaming(operator.apply(content), length, trailers, discard, isTaken);
    }
  }
}
