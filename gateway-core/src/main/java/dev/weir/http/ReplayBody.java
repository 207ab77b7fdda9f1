package dev.weir.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * A streaming request body that keeps what it has passed on, so that another attempt can send it
 * again from the beginning, as long as it is small.
 *
 * <p>The first attempt is not held up: buffers pass as they come, and a second reference stays
 * behind. An attempt that ends leaves the rest of the stream where it is; the next one is given
 * what was kept, then what comes. When the body outgrows its limit or the memory for all bodies is
 * used up, what was kept is freed, and the body is no longer repeatable.
 *
 * <p>One attempt reads at a time, on the event loop of the exchange, as all signals are. Whoever
 * made this body {@link #discard() discards} it when the request is over.
 */
public final class ReplayBody extends Body {

  /**
   * So many buffers are asked for at a time. What was asked for can't be taken back: it still comes
   * when the attempt that wanted it is gone, and the next one reads slowly.
   */
  private static final int MAX_ASKED = 8;

  /** A smaller buffer is copied, since it may be cut from a far larger one and keep that alive. */
  private static final int MIN_SHARED_BYTES = 1024;

  /**
   * Each buffer costs memory beside its bytes, so their number is limited, too: to so many, and one
   * for each {@value #MIN_MEAN_BYTES} bytes of the limit.
   */
  private static final int FREE_BUFFERS = 64;

  private static final int MIN_MEAN_BYTES = 256;

  private final Body source;
  private final int maxBytes;
  private final ReplayMemory memory;
  private final Runnable onTooLarge;
  private final Runnable onMemoryFull;

  private final List<ByteBuf> kept = new ArrayList<>();
  private final Source input = new Source();
  private long keptBytes;
  private boolean isKeeping = true;
  private boolean isComplete;
  private boolean isDiscarded;
  private @Nullable Throwable error;
  private @Nullable Attempt current;

  /**
   * The source, which is read through this body only from now on.
   *
   * @param maxBytes to keep
   * @param onTooLarge is told when the body outgrows that
   * @param onMemoryFull is told when there is no memory left to keep it
   */
  public ReplayBody(
      Body source, int maxBytes, ReplayMemory memory, Runnable onTooLarge, Runnable onMemoryFull) {
    this.source = source;
    this.maxBytes = maxBytes;
    this.memory = memory;
    this.onTooLarge = onTooLarge;
    this.onMemoryFull = onMemoryFull;
  }

  @Override
  public long length() {
    return source.length();
  }

  @Override
  public boolean isRepeatable() {
    return !isDiscarded && (isKeeping || !input.hasBegun);
  }

  @Override
  public HttpHeaders trailers() {
    return source.trailers();
  }

  @Override
  public @Nullable ByteBuf held() {
    return null;
  }

  /** A view of this body, which each attempt reads through an operator of its own. */
  @Override
  public Body onStream(UnaryOperator<Flux<ByteBuf>> operator) {
    return new View(this, operator);
  }

  @Override
  public Flux<ByteBuf> content() {
    return new Flux<>() {
      @Override
      public void subscribe(CoreSubscriber<? super ByteBuf> actual) {
        if (!isRepeatable()) {
          Operators.error(actual, new IllegalStateException("the body is gone"));
          return;
        }
        Attempt attempt = new Attempt(actual);
        current = attempt;
        actual.onSubscribe(attempt);
      }
    };
  }

  /** There will be no other attempt: what was kept goes as soon as the current one has read it. */
  public void stopKeeping() {
    isKeeping = false;
    freeWhatWasRead();
  }

  private void freeWhatWasRead() {
    if (!isKeeping && (current == null || current.position == kept.size())) {
      kept.forEach(ByteBuf::release);
      kept.clear();
      memory.release(keptBytes);
      keptBytes = 0;
      if (current != null) {
        current.position = 0;
      }
    }
  }

  @Override
  public void discard() {
    if (isDiscarded) {
      return;
    }
    isDiscarded = true;
    current = null;
    stopKeeping();
    if (!input.hasBegun) {
      source.discard();
    } else if (input.subscription != null) {
      input.subscription.cancel();
    }
  }

  /** What comes from the client, once. */
  private final class Source implements CoreSubscriber<ByteBuf> {

    private boolean hasBegun;
    private @Nullable Subscription subscription;
    private long asked;

    @Override
    public Context currentContext() {
      return current == null ? Context.empty() : current.actual.currentContext();
    }

    void ask(long demand) {
      long more = Math.min(demand, MAX_ASKED) - asked;
      if (more <= 0) {
        return;
      }
      asked += more;
      if (subscription != null) {
        subscription.request(more);
      } else if (!hasBegun) {
        hasBegun = true;
        source.content().subscribe(this);
      }
    }

    @Override
    public void onSubscribe(Subscription given) {
      subscription = given;
      if (isDiscarded) {
        given.cancel();
      } else {
        given.request(asked);
      }
    }

    @Override
    public void onNext(ByteBuf buffer) {
      asked--;
      if (isDiscarded) {
        buffer.release();
        return;
      }
      if (isKeeping) {
        reserve(buffer.readableBytes());
      }
      kept.add(isKeeping ? compact(buffer) : buffer);
      freeWhatWasRead();
      drain();
    }

    private static ByteBuf compact(ByteBuf buffer) {
      if (buffer.readableBytes() >= MIN_SHARED_BYTES) {
        return buffer;
      }
      ByteBuf copy = Unpooled.copiedBuffer(buffer);
      buffer.release();
      return copy;
    }

    private void reserve(int bytes) {
      int maxBuffers = FREE_BUFFERS + maxBytes / MIN_MEAN_BYTES;
      if (current == null) {
        // The last attempt asked for it, the next one will want it: kept in any case.
        memory.reserve(bytes);
        keptBytes += bytes;
      } else if (keptBytes + bytes > maxBytes || kept.size() >= maxBuffers) {
        isKeeping = false;
        onTooLarge.run();
      } else if (memory.tryReserve(bytes)) {
        keptBytes += bytes;
      } else {
        isKeeping = false;
        onMemoryFull.run();
      }
    }

    @Override
    public void onError(Throwable failure) {
      error = failure;
      isComplete = true;
      drain();
    }

    @Override
    public void onComplete() {
      isComplete = true;
      drain();
    }

    private void drain() {
      if (current != null) {
        current.drain();
      }
    }
  }

  /** One reading, from the beginning. */
  private final class Attempt implements Subscription {

    private final CoreSubscriber<? super ByteBuf> actual;
    private int position;
    private long demand;
    private boolean isDraining;

    Attempt(CoreSubscriber<? super ByteBuf> actual) {
      this.actual = actual;
    }

    @Override
    public void request(long n) {
      if (Operators.validate(n)) {
        demand = Operators.addCap(demand, n);
        drain();
      }
    }

    private void drain() {
      if (isDraining) {
        return;
      }
      isDraining = true;
      while (current == this && demand > 0 && position < kept.size()) {
        ByteBuf next = kept.get(position++).retainedDuplicate();
        demand = demand == Long.MAX_VALUE ? demand : demand - 1;
        freeWhatWasRead();
        actual.onNext(next);
      }
      isDraining = false;
      if (current != this || position < kept.size()) {
        return;
      }
      if (!isComplete) {
        input.ask(demand);
        return;
      }
      current = null;
      if (error == null) {
        actual.onComplete();
      } else {
        actual.onError(error);
      }
    }

    @Override
    public void cancel() {
      if (current == this) {
        current = null;
        freeWhatWasRead();
      }
    }
  }

  private static final class View extends Body {

    private final Body body;
    private final UnaryOperator<Flux<ByteBuf>> operator;

    View(Body body, UnaryOperator<Flux<ByteBuf>> operator) {
      this.body = body;
      this.operator = operator;
    }

    @Override
    public long length() {
      return body.length();
    }

    @Override
    public Flux<ByteBuf> content() {
      return operator.apply(body.content());
    }

    @Override
    public void discard() {
      body.discard();
    }

    @Override
    public boolean isRepeatable() {
      return body.isRepeatable();
    }

    @Override
    public HttpHeaders trailers() {
      return body.trailers();
    }

    @Override
    public @Nullable ByteBuf held() {
      return null;
    }

    @Override
    public Body onStream(UnaryOperator<Flux<ByteBuf>> next) {
      return new View(this, next);
    }
  }
}
