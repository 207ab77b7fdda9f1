package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * Random histories of a body that arrives, of attempts that read it, leave and come back, and of
 * the end of the request, against a model that counts.
 *
 * <p>The byte at each place of the body is known, so that an attempt sees at once whether what it
 * is given is what comes next. After every step: nobody was given more than was asked for, whoever
 * waits can still be served, and buffers and memory are held exactly as long as somebody may read
 * them.
 */
class ReplayBodyPropertyTest {

  /** What happens next; {@code n} is a size, a demand or nothing. */
  record Step(Kind kind, int n, Reaction reaction) {}

  enum Kind {
    ARRIVE,
    DELIVER,
    COMPLETE,
    FAIL,
    ATTEMPT,
    ATTEMPT_OVER_ANOTHER,
    REQUEST,
    REQUEST_ALL,
    CANCEL,
    CANCEL_AN_OLD_ONE,
    REQUEST_OF_AN_OLD_ONE,
    STOP_KEEPING,
    DISCARD
  }

  /** What an attempt does from inside a signal. */
  enum Reaction {
    NONE,
    REQUEST_ONE,
    REQUEST_ALL,
    CANCEL,
    STOP_KEEPING,
    DISCARD,
    ATTEMPT_AGAIN
  }

  /** So that some buffers are small enough to be copied, and some are not. */
  private static final int UNIT = 300;

  @Provide
  Arbitrary<List<Step>> histories() {
    Arbitrary<Kind> kinds =
        Arbitraries.frequency(
            Tuple.of(8, Kind.ARRIVE),
            Tuple.of(3, Kind.DELIVER),
            Tuple.of(1, Kind.COMPLETE),
            Tuple.of(1, Kind.FAIL),
            Tuple.of(4, Kind.ATTEMPT),
            Tuple.of(1, Kind.ATTEMPT_OVER_ANOTHER),
            Tuple.of(5, Kind.REQUEST),
            Tuple.of(2, Kind.REQUEST_ALL),
            Tuple.of(2, Kind.CANCEL),
            Tuple.of(1, Kind.CANCEL_AN_OLD_ONE),
            Tuple.of(1, Kind.REQUEST_OF_AN_OLD_ONE),
            Tuple.of(1, Kind.STOP_KEEPING),
            Tuple.of(1, Kind.DISCARD));
    Arbitrary<Reaction> reactions =
        Arbitraries.frequency(
            Tuple.of(6, Reaction.NONE),
            Tuple.of(3, Reaction.REQUEST_ONE),
            Tuple.of(1, Reaction.REQUEST_ALL),
            Tuple.of(1, Reaction.CANCEL),
            Tuple.of(1, Reaction.STOP_KEEPING),
            Tuple.of(1, Reaction.DISCARD),
            Tuple.of(1, Reaction.ATTEMPT_AGAIN));
    return Combinators.combine(kinds, Arbitraries.integers().between(0, 5), reactions)
        .as(Step::new)
        .list()
        .ofMaxSize(40);
  }

  @Provide
  Arbitrary<Integer> limits() {
    return Arbitraries.of(0, UNIT, 3 * UNIT, 10 * UNIT, 1000 * UNIT);
  }

  @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE)
  void givesEveryAttemptTheBodyFromTheBeginning(
      @ForAll("histories") List<Step> history,
      @ForAll("limits") int maxBytes,
      @ForAll("limits") int maxMemory,
      @ForAll boolean isEager) {
    World world = new World(maxBytes, maxMemory, isEager);
    world.check();
    for (Step step : history) {
      world.take(step);
      world.check();
    }
    world.discard();
    world.check();
    assertThat(world.memory.usedBytes()).isZero();
    world.arrived.forEach(buffer -> assertThat(buffer.refCnt()).isZero());
  }

  /** The body under test, what it stands on, and what is known of it. */
  private static final class World {

    /** As many buffers as may come without anybody waiting for them. */
    private static final int MAX_UNASKED = 8;

    private final int maxBytes;
    private final int maxMemory;
    private final ReplayMemory memory;
    private final Source source;
    private final ReplayBody body;
    private final List<Reader> readers = new ArrayList<>();
    private final List<ByteBuf> arrived = new ArrayList<>();

    private boolean isKeeping = true;
    private boolean isDiscarded;
    private int keptBytes;
    private int arrivedBytes;
    private int tooLarge;
    private int memoryFull;
    private int discards;
    private int actualTooLarge;
    private int actualMemoryFull;

    World(int maxBytes, int maxMemory, boolean isEager) {
      this.maxBytes = maxBytes;
      this.maxMemory = maxMemory;
      this.memory = new ReplayMemory(maxMemory);
      this.source = new Source(this, isEager);
      this.body =
          new ReplayBody(
              Body.streaming(source, -1, Fields::create, () -> discards++),
              maxBytes,
              memory,
              () -> actualTooLarge++,
              () -> actualMemoryFull++);
    }

    void take(Step step) {
      Reader current = current();
      Reader old = readers.size() < 2 ? null : readers.get(step.n() % (readers.size() - 1));
      switch (step.kind()) {
        case ARRIVE -> source.arrive(step.n() * UNIT);
        case DELIVER -> source.deliver();
        case COMPLETE -> source.end(null);
        case FAIL -> source.end(new IllegalStateException("the client left"));
        case ATTEMPT -> {
          if (current != null) {
            current.cancel();
          }
          attempt(step.reaction());
        }
        case ATTEMPT_OVER_ANOTHER -> attempt(step.reaction());
        case REQUEST -> request(current, step.n() + 1);
        case REQUEST_ALL -> request(current, Long.MAX_VALUE);
        case CANCEL -> cancel(current);
        case CANCEL_AN_OLD_ONE -> cancel(old);
        case REQUEST_OF_AN_OLD_ONE -> request(old, step.n() + 1);
        case STOP_KEEPING -> stopKeeping();
        case DISCARD -> discard();
      }
    }

    private static void request(@Nullable Reader reader, long n) {
      if (reader != null) {
        reader.request(n);
      }
    }

    private static void cancel(@Nullable Reader reader) {
      if (reader != null) {
        reader.cancel();
      }
    }

    void attempt(Reaction reaction) {
      Reader reader = new Reader(this, reaction);
      boolean isRefused = isDiscarded || source.subscriptions > 0 && !isKeeping;
      if (!isRefused) {
        readers.add(reader);
      }
      body.content().subscribe(reader);
      assertThat(reader.isEnded).isEqualTo(isRefused);
    }

    /** The latest attempt, if it still reads. */
    @Nullable Reader current() {
      Reader last = readers.isEmpty() ? null : readers.get(readers.size() - 1);
      return last == null || last.isOver() || isDiscarded ? null : last;
    }

    void stopKeeping() {
      isKeeping = false;
      body.stopKeeping();
    }

    void discard() {
      isKeeping = false;
      isDiscarded = true;
      body.discard();
    }

    /** A buffer has come from the client, and is about to be passed on. */
    void passes(int size) {
      arrivedBytes += size;
      if (!isKeeping) {
        return;
      }
      if (current() == null) {
        keptBytes += size;
      } else if (keptBytes + size > maxBytes) {
        isKeeping = false;
        tooLarge++;
      } else if (keptBytes + size > maxMemory) {
        isKeeping = false;
        memoryFull++;
      } else {
        keptBytes += size;
      }
    }

    void check() {
      assertThat(body.isRepeatable())
          .as("repeatable")
          .isEqualTo(!isDiscarded && (isKeeping || source.subscriptions == 0));
      assertThat(actualTooLarge).as("told of too large").isEqualTo(tooLarge);
      assertThat(actualMemoryFull).as("told of full memory").isEqualTo(memoryFull);
      assertThat(source.subscriptions).as("readings of the source").isLessThanOrEqualTo(1);
      assertThat(source.requested).as("asked for").isBetween(0L, (long) MAX_UNASKED);
      Reader current = current();
      if (current != null) {
        checkIsServed(current);
      }
      checkMemory(current);
      checkSource();
    }

    private void checkIsServed(Reader reader) {
      if (reader.demand == 0) {
        return;
      }
      assertThat(reader.received).as("given what there is").isEqualTo(arrivedBytes);
      assertThat(source.hasEnded).as("told of the end").isFalse();
      assertThat(source.requested).as("the source is asked").isPositive();
    }

    private void checkMemory(@Nullable Reader current) {
      boolean mayBeRead =
          !isDiscarded && (isKeeping || current != null && current.taken < arrived.size());
      if (isKeeping) {
        assertThat(memory.usedBytes()).as("memory").isEqualTo(keptBytes);
      } else if (mayBeRead) {
        assertThat(memory.usedBytes()).as("memory").isBetween(0L, (long) keptBytes);
      } else {
        assertThat(memory.usedBytes()).as("memory").isZero();
      }
      for (ByteBuf buffer : arrived) {
        assertThat(buffer.refCnt()).as("references").isBetween(0, mayBeRead ? 1 : 0);
      }
    }

    private void checkSource() {
      if (!isDiscarded) {
        assertThat(source.isCancelled).as("cancelled").isFalse();
        assertThat(discards).as("discards").isZero();
      } else if (source.subscriptions == 0) {
        assertThat(discards).as("discards").isEqualTo(1);
      } else if (!source.hasEnded) {
        assertThat(source.isCancelled).as("cancelled").isTrue();
      }
    }
  }

  /** The client's side: buffers that have come, and pass on when they are asked for. */
  private static final class Source extends Flux<ByteBuf> implements Subscription {

    private final World world;
    private final boolean isEager;
    private final Deque<Integer> sizes = new ArrayDeque<>();
    private CoreSubscriber<? super ByteBuf> actual;
    private int subscriptions;
    private long requested;
    private boolean isCancelled;
    private boolean isLast;
    private boolean hasEnded;
    private boolean isDelivering;
    private @Nullable Throwable error;

    Source(World world, boolean isEager) {
      this.world = world;
      this.isEager = isEager;
    }

    @Override
    public void subscribe(CoreSubscriber<? super ByteBuf> subscriber) {
      subscriptions++;
      actual = subscriber;
      subscriber.onSubscribe(this);
    }

    void arrive(int size) {
      if (!isLast) {
        sizes.add(size);
        deliver();
      }
    }

    void end(@Nullable Throwable cause) {
      if (!isLast) {
        isLast = true;
        error = cause;
        deliver();
      }
    }

    /** Whether cancelled or not: what is under way may still come. */
    void deliver() {
      if (isDelivering || subscriptions == 0) {
        return;
      }
      isDelivering = true;
      while (requested > 0 && !sizes.isEmpty()) {
        requested--;
        ByteBuf buffer = next(sizes.remove());
        actual.onNext(buffer);
      }
      isDelivering = false;
      if (sizes.isEmpty() && isLast && !hasEnded) {
        hasEnded = true;
        requested = 0;
        if (error == null) {
          actual.onComplete();
        } else {
          actual.onError(error);
        }
      }
    }

    private ByteBuf next(int size) {
      ByteBuf buffer = UnpooledByteBufAllocator.DEFAULT.heapBuffer(size + 1);
      for (int i = 0; i < size; i++) {
        buffer.writeByte(byteAt(world.arrivedBytes + i));
      }
      world.arrived.add(buffer);
      world.passes(size);
      return buffer;
    }

    @Override
    public void request(long n) {
      assertThat(n).isPositive();
      requested = hasEnded ? 0 : Operators.addCap(requested, n);
      if (isEager) {
        deliver();
      }
    }

    @Override
    public void cancel() {
      isCancelled = true;
    }
  }

  private static int byteAt(int index) {
    return index * 31 + index / 251 & 255;
  }

  /** One attempt, which checks each byte that it is given. */
  private static final class Reader implements CoreSubscriber<ByteBuf> {

    private final World world;
    private final Reaction reaction;
    private Subscription subscription;
    private long demand;
    private int taken;
    private int received;
    private boolean isEnded;
    private boolean isCancelled;

    Reader(World world, Reaction reaction) {
      this.world = world;
      this.reaction = reaction;
    }

    boolean isOver() {
      return isEnded || isCancelled;
    }

    void request(long n) {
      if (!isOver()) {
        demand = Operators.addCap(demand, n);
      }
      subscription.request(n);
    }

    void cancel() {
      isCancelled = true;
      subscription.cancel();
    }

    @Override
    public void onSubscribe(Subscription given) {
      subscription = given;
    }

    @Override
    public void onNext(ByteBuf buffer) {
      assertThat(isOver()).as("over before").isFalse();
      assertThat(world.current()).as("the one that reads").isSameAs(this);
      assertThat(demand).as("asked for").isPositive();
      demand = demand == Long.MAX_VALUE ? demand : demand - 1;
      taken++;
      while (buffer.isReadable()) {
        assertThat(buffer.readByte() & 255).as("byte %s", received).isEqualTo(byteAt(received));
        received++;
      }
      buffer.release();
      react();
    }

    private void react() {
      switch (reaction) {
        case NONE -> {}
        case REQUEST_ONE -> request(1);
        case REQUEST_ALL -> request(Long.MAX_VALUE);
        case CANCEL -> cancel();
        case STOP_KEEPING -> world.stopKeeping();
        case DISCARD -> world.discard();
        case ATTEMPT_AGAIN -> {
          cancel();
          world.attempt(Reaction.NONE);
          request(world.current(), Long.MAX_VALUE);
        }
      }
    }

    private static void request(@Nullable Reader reader, long n) {
      if (reader != null) {
        reader.request(n);
      }
    }

    @Override
    public void onComplete() {
      end(null);
    }

    @Override
    public void onError(Throwable failure) {
      boolean isRefusal = world.readers.isEmpty() || !world.readers.contains(this);
      if (isRefusal) {
        assertThat(failure).hasMessage("the body is gone");
        isEnded = true;
      } else {
        end(failure);
      }
    }

    private void end(@Nullable Throwable failure) {
      assertThat(isOver()).as("over before").isFalse();
      assertThat(world.source.hasEnded).as("the body has ended").isTrue();
      assertThat(failure).isSameAs(world.source.error);
      assertThat(received).as("all of it").isEqualTo(world.arrivedBytes);
      isEnded = true;
      react();
    }
  }
}
