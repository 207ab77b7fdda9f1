package dev.weir.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;
import reactor.test.publisher.TestPublisher;
import reactor.util.context.Context;

/** A body of which ten bytes are kept, and twenty of all bodies together. */
class ReplayBodyTest {

  private final HttpHeaders trailers = Fields.create().add("x-sum", "1");
  private final List<String> told = new ArrayList<>();
  private final ReplayMemory memory = new ReplayMemory(20);
  private final TestPublisher<ByteBuf> client = TestPublisher.create();
  private final ReplayBody body = replay(client.flux(), 10);

  private ReplayBody replay(Flux<ByteBuf> content, int maxBytes) {
    Body source = Body.streaming(content, 7, () -> trailers, () -> told.add("discarded"));
    return new ReplayBody(
        source, maxBytes, memory, () -> told.add("too large"), () -> told.add("memory full"));
  }

  private static ByteBuf buffer(String text) {
    return ByteBufUtil.writeAscii(PooledByteBufAllocator.DEFAULT, text);
  }

  @CanIgnoreReturnValue
  private ByteBuf arrives(String text) {
    ByteBuf buffer = buffer(text);
    client.next(buffer);
    return buffer;
  }

  @CanIgnoreReturnValue
  private Attempt attempt(long demand) {
    return attempt(body, demand);
  }

  @CanIgnoreReturnValue
  private static Attempt attempt(Body read, long demand) {
    Attempt attempt = new Attempt();
    read.content().subscribe(attempt);
    if (demand > 0) {
      attempt.subscription.request(demand);
    }
    return attempt;
  }

  /** One reading, as a line of text. */
  private static final class Attempt implements CoreSubscriber<ByteBuf> {

    private final StringBuilder seen = new StringBuilder();
    private Context context = Context.empty();
    private @Nullable Subscription subscription;

    @Override
    public Context currentContext() {
      return context;
    }

    @Override
    public void onSubscribe(Subscription given) {
      subscription = given;
    }

    @Override
    public void onNext(ByteBuf buffer) {
      seen.append(buffer.toString(US_ASCII)).append(' ');
      buffer.release();
    }

    @Override
    public void onError(Throwable error) {
      seen.append('<').append(error.getMessage()).append('>');
    }

    @Override
    public void onComplete() {
      seen.append('.');
    }

    void sees(String expected) {
      assertThat(seen).hasToString(expected);
    }
  }

  @Test
  void passesOnWhatComesWhenItComes() {
    Attempt attempt = attempt(Long.MAX_VALUE);
    attempt.sees("");

    arrives("ab");
    attempt.sees("ab ");

    arrives("c");
    client.complete();
    attempt.sees("ab c .");
    body.discard();
  }

  @Test
  void givesTheNextAttemptAllFromTheBeginning() {
    attempt(Long.MAX_VALUE).subscription.request(1);
    arrives("ab");
    arrives("c");
    client.complete();

    attempt(Long.MAX_VALUE).sees("ab c .");
    attempt(Long.MAX_VALUE).sees("ab c .");

    assertThat(memory.usedBytes()).isEqualTo(3);
    body.discard();
    assertThat(memory.usedBytes()).isZero();
  }

  @Test
  void goesOnWithWhatComesAfterWhatWasKept() {
    Attempt first = attempt(Long.MAX_VALUE);
    arrives("ab");
    first.subscription.cancel();
    arrives("c");

    Attempt second = attempt(Long.MAX_VALUE);
    second.sees("ab c ");
    arrives("d");
    client.complete();

    first.sees("ab ");
    second.sees("ab c d .");
    body.discard();
  }

  @Test
  void givesNoMoreThanIsAskedFor() {
    Attempt first = attempt(2);
    arrives("a");
    arrives("b");
    first.sees("a b ");
    first.subscription.cancel();

    Attempt second = attempt(1);
    second.sees("a ");
    second.subscription.request(1);
    second.sees("a b ");
    second.subscription.request(1);
    arrives("c");
    second.sees("a b c ");
    body.discard();
  }

  @Test
  void tellsOfTheEndWithoutBeingAsked() {
    Attempt attempt = attempt(1);
    arrives("a");
    client.complete();

    attempt.sees("a .");
    body.discard();
  }

  @Test
  void givesTheErrorAfterWhatCameBeforeIt() {
    Attempt first = attempt(Long.MAX_VALUE);
    arrives("a");
    client.error(new IllegalStateException("the client left"));
    first.sees("a <the client left>");

    attempt(Long.MAX_VALUE).sees("a <the client left>");
    body.discard();
  }

  @Test
  void isNoLongerRepeatableOnceItHasOutgrownItsLimit() {
    Attempt attempt = attempt(Long.MAX_VALUE);
    ByteBuf small = arrives("12345");
    ByteBuf exact = arrives("67890");
    assertThat(body.isRepeatable()).isTrue();

    ByteBuf more = arrives("x");

    assertThat(body.isRepeatable()).isFalse();
    assertThat(told).containsExactly("too large");
    assertThat(memory.usedBytes()).isZero();
    assertThat(List.of(small, exact, more)).extracting(ByteBuf::refCnt).containsOnly(0);
    arrives("y");
    client.complete();
    attempt.sees("12345 67890 x y .");
    assertThat(told).containsExactly("too large");
    attempt(Long.MAX_VALUE).sees("<the body is gone>");
    body.discard();
  }

  @Test
  void isNoLongerRepeatableWithoutMemory() {
    assertThat(memory.tryReserve(18)).isTrue();
    Attempt attempt = attempt(Long.MAX_VALUE);
    arrives("ab");
    assertThat(body.isRepeatable()).isTrue();

    arrives("c");

    assertThat(body.isRepeatable()).isFalse();
    assertThat(told).containsExactly("memory full");
    attempt.sees("ab c ");
    assertThat(memory.usedBytes()).isEqualTo(18);
    body.discard();
    assertThat(memory.usedBytes()).isEqualTo(18);
  }

  @Test
  void letsTheCurrentAttemptFinishWhatWasKeptWhenItOutgrowsItsLimit() {
    Attempt first = attempt(Long.MAX_VALUE);
    arrives("12345");
    arrives("67890");
    first.subscription.cancel();
    Attempt second = attempt(1);

    arrives("x");
    assertThat(body.isRepeatable()).isFalse();
    assertThat(memory.usedBytes()).isEqualTo(10);

    second.subscription.request(1);
    assertThat(memory.usedBytes()).isEqualTo(10);
    second.subscription.request(1);
    assertThat(memory.usedBytes()).isZero();
    second.sees("12345 67890 x ");
    body.discard();
  }

  /** The attempt that asked for it is gone, and the next one needs it. */
  @Test
  void keepsMoreThanItsLimitOfWhatComesBetweenTwoAttempts() {
    Attempt first = attempt(Long.MAX_VALUE);
    arrives("12345");
    first.subscription.cancel();

    arrives("67890x");
    assertThat(body.isRepeatable()).isTrue();
    assertThat(memory.usedBytes()).isEqualTo(11);
    Attempt second = attempt(Long.MAX_VALUE);
    arrives("y");

    second.sees("12345 67890x y ");
    assertThat(body.isRepeatable()).isFalse();
    assertThat(memory.usedBytes()).isZero();
    body.discard();
  }

  @Test
  void dropsWhatIsKeptWhenItsLastReaderLeaves() {
    Attempt first = attempt(2);
    arrives("ab");
    arrives("c");
    first.subscription.cancel();
    Attempt second = attempt(1);
    body.stopKeeping();
    assertThat(memory.usedBytes()).isEqualTo(3);

    second.subscription.cancel();

    assertThat(memory.usedBytes()).isZero();
    body.discard();
  }

  @Test
  void keepsNothingOnceThereWillBeNoOtherAttempt() {
    Attempt attempt = attempt(Long.MAX_VALUE);
    arrives("ab");
    body.stopKeeping();

    assertThat(body.isRepeatable()).isFalse();
    assertThat(memory.usedBytes()).isZero();
    arrives("c");
    assertThat(memory.usedBytes()).isZero();
    client.complete();
    attempt.sees("ab c .");
    assertThat(told).isEmpty();
    body.discard();
  }

  @Test
  void canStillBeReadOnceIfNothingWasToBeKept() {
    body.stopKeeping();

    Attempt attempt = attempt(Long.MAX_VALUE);
    arrives("ab");

    attempt.sees("ab ");
    attempt(1).sees("<the body is gone>");
    body.discard();
  }

  @Test
  void leavesTheRestWhereItIsBetweenAttempts() {
    Attempt first = attempt(1);
    arrives("a");
    first.subscription.cancel();

    client.assertNotCancelled();
    assertThat(body.isRepeatable()).isTrue();
    attempt(Long.MAX_VALUE).sees("a ");
    body.discard();
  }

  @Test
  void doesNotBeginBeforeItIsAsked() {
    Attempt attempt = attempt(0);
    client.assertWasNotSubscribed();

    attempt.subscription.request(1);

    client.assertWasSubscribed();
    body.discard();
  }

  @Test
  void asksForAFewBuffersAtATime() {
    List<Long> asked = new ArrayList<>();
    ReplayBody counted = replay(client.flux().doOnRequest(asked::add), 10);
    Attempt attempt = attempt(counted, Long.MAX_VALUE);
    assertThat(asked).containsExactly(8L);

    client.next(buffer("a"));
    client.next(buffer("b"));
    assertThat(asked).containsExactly(8L, 1L, 1L);

    attempt.subscription.cancel();
    Attempt next = attempt(counted, 20);
    next.sees("a b ");
    assertThat(asked).containsExactly(8L, 1L, 1L);
    counted.discard();
  }

  @Test
  void doesNotAskAgainForWhatTheLastAttemptHasAskedFor() {
    List<Long> asked = new ArrayList<>();
    ReplayBody counted = replay(client.flux().doOnRequest(asked::add), 10);
    attempt(counted, 3).subscription.cancel();

    Attempt second = attempt(counted, 2);
    assertThat(asked).containsExactly(3L);
    second.subscription.request(3);

    assertThat(asked).containsExactly(3L, 2L);
    counted.discard();
  }

  @Test
  void ignoresADemandForNothing() {
    List<Long> asked = new ArrayList<>();
    ReplayBody counted = replay(client.flux().doOnRequest(asked::add), 10);
    Attempt attempt = attempt(counted, 1);

    attempt.subscription.request(0);
    attempt.subscription.request(-1);

    assertThat(asked).containsExactly(1L);
    counted.discard();
  }

  @Test
  void waitsForASourceThatAcceptsLate() {
    LateSource late = new LateSource();
    ReplayBody lateBody = replay(late, 10);
    Attempt attempt = attempt(lateBody, 1);
    attempt.subscription.request(2);

    late.accept();

    assertThat(late.subscribers).hasSize(1);
    assertThat(late.requested).isEqualTo(3);
    lateBody.discard();
    assertThat(late.isCancelled).isTrue();
  }

  @Test
  void givesUpASourceThatAcceptsTooLate() {
    LateSource late = new LateSource();
    ReplayBody lateBody = replay(late, 10);
    attempt(lateBody, 1);
    lateBody.discard();

    late.accept();

    assertThat(late.isCancelled).isTrue();
    assertThat(late.requested).isZero();
  }

  /** Subscribes its subscriber when it is told to. */
  private static final class LateSource extends Flux<ByteBuf> implements Subscription {

    private final List<CoreSubscriber<? super ByteBuf>> subscribers = new ArrayList<>();
    private long requested;
    private boolean isCancelled;

    @Override
    public void subscribe(CoreSubscriber<? super ByteBuf> actual) {
      subscribers.add(actual);
    }

    void accept() {
      subscribers.get(0).onSubscribe(this);
    }

    @Override
    public void request(long n) {
      requested = Operators.addCap(requested, n);
    }

    @Override
    public void cancel() {
      isCancelled = true;
    }
  }

  @Test
  void discardsASourceThatNobodyHasRead() {
    body.discard();
    body.discard();

    assertThat(told).containsExactly("discarded");
    client.assertWasNotSubscribed();
    attempt(0).sees("<the body is gone>");
  }

  @Test
  void cancelsASourceThatSomebodyHasRead() {
    Attempt attempt = attempt(1);
    ByteBuf read = arrives("a");

    body.discard();
    body.discard();

    client.assertCancelled();
    assertThat(told).isEmpty();
    assertThat(read.refCnt()).isZero();
    assertThat(memory.usedBytes()).isZero();
    attempt.subscription.request(1);
    attempt.subscription.cancel();
    attempt.sees("a ");
    attempt(1).sees("<the body is gone>");
  }

  @Test
  void freesWhatStillComesAfterItWasDiscarded() {
    TestPublisher<ByteBuf> deaf =
        TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
    ReplayBody discarded = replay(deaf.flux(), 10);
    Attempt attempt = attempt(discarded, 5);
    discarded.discard();

    ByteBuf late = buffer("a");
    deaf.next(late);

    assertThat(late.refCnt()).isZero();
    attempt.sees("");
  }

  @Test
  void copiesSmallBuffersAndSharesLargeOnes() {
    ReplayMemory large = new ReplayMemory(1 << 20);
    ReplayBody kept =
        new ReplayBody(
            Body.streaming(client.flux(), -1, Fields::create, () -> {}),
            1 << 20,
            large,
            () -> {},
            () -> {});
    attempt(kept, 3);

    ByteBuf slice = arrives("a".repeat(1023));
    ByteBuf whole = arrives("b".repeat(1024));

    assertThat(slice.refCnt()).isZero();
    assertThat(whole.refCnt()).isEqualTo(1);
    attempt(kept, 3).sees("a".repeat(1023) + " " + "b".repeat(1024) + " ");
    kept.discard();
    assertThat(whole.refCnt()).isZero();
  }

  @Test
  void doesNotKeepABodyInCountlessPieces() {
    Sinks.Many<ByteBuf> drip = Sinks.many().unicast().onBackpressureBuffer();
    ReplayMemory large = new ReplayMemory(1 << 20);
    ReplayBody dripped =
        new ReplayBody(
            Body.streaming(drip.asFlux(), -1, Fields::create, () -> {}),
            2560,
            large,
            () -> told.add("too large"),
            () -> {});
    attempt(dripped, Long.MAX_VALUE);

    for (int i = 0; i < 74; i++) {
      drip.emitNext(buffer("a"), Sinks.EmitFailureHandler.FAIL_FAST);
    }
    assertThat(dripped.isRepeatable()).isTrue();
    drip.emitNext(buffer("a"), Sinks.EmitFailureHandler.FAIL_FAST);

    assertThat(dripped.isRepeatable()).isFalse();
    assertThat(told).containsExactly("too large");
    assertThat(large.usedBytes()).isZero();
    dripped.discard();
  }

  @Test
  void putsAnOperatorOnEachAttempt() {
    Body upper = body.onStream(stream -> stream.map(ReplayBodyTest::upper));
    Body twice = upper.onStream(stream -> stream.map(ReplayBodyTest::upper));
    Attempt first = attempt(upper, Long.MAX_VALUE);
    arrives("ab");
    first.sees("AB ");
    first.subscription.cancel();

    attempt(twice, Long.MAX_VALUE).sees("AB ");
    attempt(body, Long.MAX_VALUE).sees("ab ");
    assertThat(twice.isRepeatable()).isTrue();
    assertThat(twice.held()).isNull();
    assertThat(twice.length()).isEqualTo(7);
    assertThat(twice.trailers()).isSameAs(trailers);
    twice.discard();
    assertThat(memory.usedBytes()).isZero();
    assertThat(twice.isRepeatable()).isFalse();
  }

  private static ByteBuf upper(ByteBuf buffer) {
    String text = buffer.toString(US_ASCII);
    buffer.release();
    return buffer(text.toUpperCase(Locale.ROOT));
  }

  @Test
  void isOtherwiseLikeItsSource() {
    assertThat(body.length()).isEqualTo(7);
    assertThat(body.held()).isNull();
    assertThat(body.trailers()).isSameAs(trailers);
    body.discard();
  }

  @Test
  void handsTheContextOfItsReaderToTheSource() {
    List<String> seen = new ArrayList<>();
    ReplayBody asked =
        replay(
            Flux.deferContextual(
                context -> {
                  seen.add(context.get("trace"));
                  return client.flux();
                }),
            10);
    Attempt attempt = new Attempt();
    attempt.context = Context.of("trace", "t-1");

    asked.content().subscribe(attempt);
    attempt.subscription.request(1);

    assertThat(seen).containsExactly("t-1");
    asked.discard();
  }

  @Test
  void sharesItsMemoryWithOtherBodies() {
    ReplayBody other = replay(Flux.defer(() -> Flux.just(buffer("1234567890"))), 10);
    ReplayBody third = replay(Flux.defer(() -> Flux.just(buffer("12345678901"))), 100);

    attempt(other, Long.MAX_VALUE).sees("1234567890 .");
    attempt(third, Long.MAX_VALUE).sees("12345678901 .");

    assertThat(other.isRepeatable()).isTrue();
    assertThat(third.isRepeatable()).isFalse();
    assertThat(memory.usedBytes()).isEqualTo(10);
    other.discard();
    third.discard();
    assertThat(memory.usedBytes()).isZero();
    body.discard();
  }
}
