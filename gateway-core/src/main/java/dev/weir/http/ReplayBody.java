package dev.weir.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
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
 * <p>The first attempt is not held up: buffers pass as they come, and a copy (a second reference,
 * no bytes are copied) stays behind. An attempt that ends leaves the rest of the stream where it
 * is; the next one is given what was kept, then what comes. When the body outgrows its limit or the
 * memory for all bodies is used up, what was kept is freed, and the body is no longer repeatable.
 *
 * <p>One attempt reads at a time, on the event loop of the exchange, as all signals are. Whoever
 * made this body {@link #discard() discards} it when the request is over.
 */
public final class ReplayBody extends Body {

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
    return !isDiscarded && (isKeeping || input.subscription == null);
  }

  @Override
  public HttpHeaders trailers() {
    return source.trailers();
  }

  @Override
  public @Nullable ByteBuf held() {
    return null;
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
    if (input.subscription == null) {
      source.discard();
    } else {
      input.subscription.cancel();
    }
  }

  /** What comes from the client, once. */
  private final class Source implements CoreSubscriber<ByteBuf> {

    private @Nullable Subscription subscription;
    private long asked;

    @Override
    public Context currentContext() {
      return current == null ? Context.empty() : current.actual.currentContext();
    }

    void ask(long n) {
      if (subscription == null) {
        source.content().subscribe(this);
      }
      if (subscription != null && n > asked) {
        long more = n - asked;
        asked = n;
        subscription.request(more);
      }
    }

    @Override
    public void onSubscribe(Subscription s) {
      subscription = s;
    }

    @Override
    public void onNext(ByteBuf buffer) {
      if (asked != Long.MAX_VALUE) {
        asked--;
      }
      if (isDiscarded) {
        buffer.release();
        return;
      }
      kept.add(buffer);
      if (isKeeping) {
        reserve(buffer.readableBytes());
      }
      drain();
    }

    private void reserve(int bytes) {
      if (current == null) {
        // The last attempt asked for it, the next one will want it: kept in any case.
        memory.reserve(bytes);
        keptBytes += bytes;
      } else if (keptBytes + bytes > maxBytes) {
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
      demand = Operators.addCap(demand, n);
      drain();
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
}
