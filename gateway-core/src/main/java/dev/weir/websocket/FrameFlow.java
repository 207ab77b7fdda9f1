package dev.weir.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * The bytes of one direction on their way, as they come and at the receiver's pace, until a last
 * frame. What follows that is taken and thrown away, so that the sender's end is seen.
 *
 * <p>Confined to the event loop of its exchange. It holds a part of a header, and a frame of ours
 * that the receiver has not asked for yet.
 */
final class FrameFlow extends Flux<ByteBuf> implements CoreSubscriber<ByteBuf>, Subscription {

  private final FrameReader reader;
  private final Owner owner;
  private Flux<ByteBuf> source = Flux.empty();
  private @Nullable CoreSubscriber<? super ByteBuf> receiver;
  private @Nullable Subscription sender;
  private long demand;
  private boolean isAsking;

  /** What could not be handed on yet. */
  private @Nullable ByteBuf pending;

  /** To be sent between two frames, and nothing after it. */
  private @Nullable ByteBuf last;

  private boolean isClosed;
  private boolean isCompleting;
  private boolean isOver;

  /** Decides what becomes of both directions. */
  interface Owner {

    /** Bytes have come, and with them the end of so many messages. */
    void received(FrameFlow flow, int bytes, int messages);

    /** The sender broke a rule; what may go on has gone on. */
    void violated(FrameFlow flow, Violation violation);

    /** The sender has sent a close frame, which is the owner's now. */
    void closing(FrameFlow flow, int code, ByteBuf frame);

    /** The sender's connection has ended. */
    void ended(FrameFlow flow, @Nullable Throwable error);
  }

  FrameFlow(FrameReader reader, Owner owner) {
    this.reader = reader;
    this.owner = owner;
  }

  /** The same bytes, judged. */
  FrameFlow of(Flux<ByteBuf> bytes) {
    source = bytes;
    return this;
  }

  /** Whether the last frame has gone on, or is about to. */
  boolean isClosed() {
    return isClosed || last != null;
  }

  /** Whether frames have gone on whole; else nothing can be said to the receiver any more. */
  boolean isBetweenFrames() {
    return reader.isBetweenFrames();
  }

  /** Sends this frame as the last one, as soon as the one that is on its way is whole. */
  void endWith(ByteBuf frame) {
    if (isClosed() || isOver) {
      frame.release();
      return;
    }
    last = frame;
    reader.stop();
    if (reader.isBetweenFrames()) {
      emit(takeLast());
      throwAwayTheRest();
    }
  }

  /** Passes nothing more, and says nothing. */
  void mute() {
    if (!isClosed()) {
      isClosed = true;
      throwAwayTheRest();
    }
  }

  /** Completes for the receiver, after what it is still to get. */
  void complete() {
    isCompleting = true;
    drain();
  }

  /** Fails for the receiver, at once. */
  void fail(Throwable error) {
    if (!isOver && receiver != null) {
      end();
      receiver.onError(error);
    }
  }

  private ByteBuf takeLast() {
    ByteBuf frame = last == null ? Unpooled.EMPTY_BUFFER : last;
    last = null;
    isClosed = true;
    return frame;
  }

  private void throwAwayTheRest() {
    if (sender != null && !isOver) {
      sender.request(Long.MAX_VALUE);
    }
  }

  // Towards the receiver

  @Override
  public void subscribe(CoreSubscriber<? super ByteBuf> actual) {
    receiver = actual;
    source.subscribe(this);
  }

  @Override
  public void request(long n) {
    demand = Operators.addCap(demand, n);
    drain();
  }

  @Override
  public void cancel() {
    if (!isOver) {
      end();
    }
  }

  private void emit(ByteBuf bytes) {
    pending = pending == null ? bytes : Unpooled.wrappedBuffer(pending, bytes);
    drain();
  }

  private void drain() {
    CoreSubscriber<? super ByteBuf> actual = receiver;
    if (actual == null || isOver) {
      return;
    }
    ByteBuf next = pending;
    if (next != null && demand > 0) {
      pending = null;
      demand -= demand == Long.MAX_VALUE ? 0 : 1;
      actual.onNext(next);
    }
    if (pending == null && last == null && isCompleting && !isOver) {
      end();
      actual.onComplete();
    } else if (pending == null && demand > 0) {
      ask();
    }
  }

  private void ask() {
    if (!isAsking && !isClosed && !isOver && sender != null) {
      isAsking = true;
      sender.request(1);
    }
  }

  private void end() {
    isOver = true;
    reader.discard();
    for (ByteBuf kept : new @Nullable ByteBuf[] {pending, last}) {
      if (kept != null) {
        kept.release();
      }
    }
    pending = null;
    last = null;
    if (sender != null) {
      sender.cancel();
    }
  }

  // From the sender

  @Override
  public void onSubscribe(Subscription subscription) {
    sender = subscription;
    if (receiver != null) {
      receiver.onSubscribe(this);
    }
  }

  @Override
  public void onNext(ByteBuf bytes) {
    isAsking = false;
    if (isOver || isClosed) {
      bytes.release();
      return;
    }
    int received = bytes.readableBytes();
    ByteBuf passing = judged(bytes);
    owner.received(this, received, reader.takeMessages());
    if (passing != null) {
      emit(passing);
    }
    ByteBuf closing = reader.takeClose();
    Violation violation = reader.violation();
    if (violation != null) {
      owner.violated(this, violation);
    } else if (last != null && reader.isBetweenFrames()) {
      if (closing != null) {
        closing.release();
      }
      emit(takeLast());
      throwAwayTheRest();
    } else if (closing != null) {
      owner.closing(this, reader.closeCode(), closing);
    } else {
      drain();
    }
  }

  /** What of it may go on. */
  private @Nullable ByteBuf judged(ByteBuf bytes) {
    int allowed = reader.read(bytes);
    ByteBuf prefix = reader.takePrefix();
    if (allowed == 0) {
      bytes.release();
      return prefix;
    }
    bytes.writerIndex(bytes.readerIndex() + allowed);
    return prefix == null ? bytes : Unpooled.wrappedBuffer(prefix, bytes);
  }

  @Override
  public void onError(Throwable error) {
    if (!isOver) {
      owner.ended(this, error);
    }
  }

  @Override
  public void onComplete() {
    if (!isOver) {
      owner.ended(this, null);
    }
  }
}
