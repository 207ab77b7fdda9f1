package dev.weir.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.resilience.ConcurrencyLimit.Permit;
import dev.weir.resilience.ConcurrencyLimit.Policy;
import dev.weir.resilience.ConcurrencyLimit.Refusal;
import dev.weir.testing.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Two at a time; two wait for a second. */
final class ConcurrencyLimitTest {

  private final TestClock clock = new TestClock();
  private final ConcurrencyLimit limit =
      new ConcurrencyLimit(new Policy(2, 2, Duration.ofSeconds(1)), clock);
  private final List<String> log = new ArrayList<>();

  private record Held(String name, Permit permit) {}

  /** A call that answers when told to; its answer holds the permit. */
  private final class Call {

    private final String name;
    private final Sinks.One<Held> answer = Sinks.one();
    private final List<Held> answers = new ArrayList<>();
    private final Disposable subscription;

    Call(String name) {
      this.name = name;
      this.subscription =
          limit
              .<Held>limit(
                  () -> {
                    log.add(name + " runs");
                    return answer.asMono();
                  },
                  (held, permit) -> new Held(name, permit),
                  () -> log.add(name + " waits"),
                  refusal -> new IllegalStateException(refusal.name()))
              .subscribe(answers::add, error -> log.add(name + " " + error.getMessage()));
    }

    void answers() {
      answer.tryEmitValue(new Held(name, () -> {})).orThrow();
    }

    void fails() {
      answer.tryEmitError(new IllegalStateException("fails")).orThrow();
    }

    void releases() {
      answers.forEach(held -> held.permit().release());
    }
  }

  private List<String> logged() {
    List<String> lines = List.copyOf(log);
    log.clear();
    return lines;
  }

  @AfterEach
  void givesEverythingBack() {
    assertThat(limit.inUse()).isZero();
    assertThat(limit.waiting()).isZero();
    assertThat(clock.pendingTimers()).isZero();
  }

  @Test
  void runsAsManyAsItMayAndLetsTheRestWait() {
    Call a = new Call("a");
    Call b = new Call("b");
    Call c = new Call("c");

    assertThat(logged()).containsExactly("a runs", "b runs", "c waits");
    assertThat(limit.inUse()).isEqualTo(2);
    assertThat(limit.waiting()).isEqualTo(1);
    List.of(c, b, a).forEach(call -> call.subscription.dispose());
  }

  @Test
  void refusesAtOnceWhenTheQueueIsFull() {
    List<Call> calls = List.of(new Call("a"), new Call("b"), new Call("c"), new Call("d"));
    logged();

    Call e = new Call("e");

    assertThat(logged()).containsExactly("e QUEUE_FULL");
    calls.forEach(call -> call.subscription.dispose());
    assertThat(e.answers).isEmpty();
  }

  @Test
  void refusesWhoHasWaitedForTooLong() {
    List<Call> calls = List.of(new Call("a"), new Call("b"), new Call("c"));
    logged();

    clock.advance(Duration.ofMillis(999));
    assertThat(logged()).isEmpty();
    clock.advance(Duration.ofMillis(1));

    assertThat(logged()).containsExactly("c QUEUE_TIMEOUT");
    assertThat(limit.waiting()).isZero();
    calls.forEach(call -> call.subscription.dispose());
  }

  @Test
  void servesInTheOrderOfArrival() {
    Call a = new Call("a");
    Call b = new Call("b");
    Call c = new Call("c");
    Call d = new Call("d");
    logged();

    b.fails();
    a.fails();

    assertThat(logged()).containsExactly("c runs", "b fails", "d runs", "a fails");
    List.of(c, d).forEach(call -> call.subscription.dispose());
  }

  @Test
  void holdsThePermitUntilTheAnswerIsReleased() {
    Call a = new Call("a");
    a.answers();
    assertThat(limit.inUse()).isEqualTo(1);

    a.releases();

    assertThat(limit.inUse()).isZero();
  }

  @Test
  void takesTwoReleasesForOne() {
    Call a = new Call("a");
    Call b = new Call("b");
    a.answers();

    a.releases();
    a.releases();

    assertThat(limit.inUse()).isEqualTo(1);
    b.subscription.dispose();
    assertThat(limit.inUse()).isZero();
  }

  @Test
  void getsThePermitBackFromACallThatFails() {
    Call a = new Call("a");

    a.fails();

    assertThat(limit.inUse()).isZero();
  }

  @Test
  void getsThePermitBackFromACallThatIsLeft() {
    Call a = new Call("a");

    a.subscription.dispose();

    assertThat(limit.inUse()).isZero();
  }

  @Test
  void leavesThePermitWithAnAnswerWhoseSubscriptionIsCancelled() {
    Call a = new Call("a");
    a.answers();

    a.subscription.dispose();

    assertThat(limit.inUse()).isEqualTo(1);
    a.releases();
    assertThat(limit.inUse()).isZero();
  }

  @Test
  void forgetsAWaiterThatLeaves() {
    Call a = new Call("a");
    Call b = new Call("b");
    Call c = new Call("c");
    Call d = new Call("d");
    logged();

    c.subscription.dispose();
    assertThat(limit.waiting()).isEqualTo(1);
    a.fails();

    assertThat(logged()).containsExactly("d runs", "a fails");
    List.of(b, d).forEach(call -> call.subscription.dispose());
  }

  @Test
  void doesNotLetANewcomerPassTheQueue() {
    Call a = new Call("a");
    Call b = new Call("b");
    Call c = new Call("c");
    logged();
    clock.advance(Duration.ofMillis(10));

    a.fails();
    Call d = new Call("d");

    assertThat(logged()).containsExactly("c runs", "a fails", "d waits");
    List.of(b, c, d).forEach(call -> call.subscription.dispose());
  }

  @Test
  void makesNoCallThatItRefuses() {
    ConcurrencyLimit closed = new ConcurrencyLimit(new Policy(1, 0, Duration.ofSeconds(1)), clock);
    Disposable running = limited(closed, Mono.never()).subscribe();

    StepVerifier.create(limited(closed, Mono.error(new AssertionError("was called"))))
        .verifyErrorMessage("QUEUE_FULL");

    running.dispose();
  }

  @Test
  void getsThePermitBackFromACallThatCantBeMade() {
    Mono<String> call =
        limit.limit(
            () -> {
              throw new IllegalStateException("not made");
            },
            (value, permit) -> value,
            () -> {},
            refusal -> new IllegalStateException(refusal.name()));

    StepVerifier.create(call).verifyErrorMessage("not made");

    assertThat(limit.inUse()).isZero();
  }

  private static Mono<String> limited(ConcurrencyLimit limit, Mono<String> call) {
    return limit.limit(
        () -> call,
        (value, permit) -> {
          permit.release();
          return value;
        },
        () -> {},
        (Refusal refusal) -> new IllegalStateException(refusal.name()));
  }
}
