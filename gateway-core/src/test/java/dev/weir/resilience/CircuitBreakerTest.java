package dev.weir.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.resilience.CircuitBreaker.Judge;
import dev.weir.resilience.CircuitBreaker.Policy;
import dev.weir.resilience.CircuitBreaker.Status;
import dev.weir.resilience.CircuitBreaker.Verdict;
import dev.weir.testing.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** Opens at 50 % of at least 4 calls in 10 s, for 5 s at first and 20 s at most; 2 probes. */
final class CircuitBreakerTest {

  private static final Judge<String> JUDGE =
      new Judge<>() {
        @Override
        public Verdict value(String value) {
          return value.equals("bad") ? Verdict.FAILURE : Verdict.SUCCESS;
        }

        @Override
        public Verdict error(Throwable error, long elapsedNanos) {
          return Verdict.FAILURE;
        }

        @Override
        public Verdict cancelled(long elapsedNanos) {
          return Verdict.IGNORED;
        }
      };

  private final TestClock clock = new TestClock();
  private final List<String> changes = new ArrayList<>();
  private final CircuitBreaker breaker =
      new CircuitBreaker(
          new Policy(
              50,
              50,
              Duration.ofSeconds(2),
              4,
              Duration.ofSeconds(10),
              Duration.ofSeconds(5),
              Duration.ofSeconds(20),
              2),
          clock,
          (from, to, why) -> changes.add(from + " to " + to + ": " + why));

  private Mono<String> guarded(Mono<String> call) {
    return breaker.guard(call, JUDGE, wait -> new IllegalStateException("open for " + wait));
  }

  private void succeeds() {
    StepVerifier.create(guarded(Mono.just("good"))).expectNext("good").verifyComplete();
  }

  private void fails() {
    StepVerifier.create(guarded(Mono.error(new IllegalArgumentException("down"))))
        .verifyErrorMessage("down");
  }

  private void isSlow() {
    StepVerifier.create(guarded(Mono.delay(Duration.ofSeconds(2), clock).thenReturn("slow")))
        .then(() -> clock.advance(Duration.ofSeconds(2)))
        .expectNext("slow")
        .verifyComplete();
  }

  private void isRefusedFor(Duration wait) {
    StepVerifier.create(guarded(Mono.error(new AssertionError("was called"))))
        .verifyErrorMessage("open for " + wait);
  }

  private void hasOpened() {
    for (int i = 0; i < 4; i++) {
      fails();
    }
    assertThat(breaker.status()).isEqualTo(Status.OPEN);
  }

  @Test
  void opensWhenHalfOfTheCallsFail() {
    succeeds();
    succeeds();
    fails();
    assertThat(breaker.status()).isEqualTo(Status.CLOSED);
    fails();

    isRefusedFor(Duration.ofSeconds(5));
    assertThat(changes).containsExactly("CLOSED to OPEN: 2 of 4 failed");
  }

  @Test
  void concludesNothingFromAFewCalls() {
    fails();
    fails();
    fails();

    assertThat(breaker.status()).isEqualTo(Status.CLOSED);
  }

  @Test
  void forgetsWhatIsOlderThanItsWindow() {
    fails();
    fails();
    fails();
    clock.advance(Duration.ofSeconds(10));
    fails();

    assertThat(breaker.status()).isEqualTo(Status.CLOSED);
  }

  @Test
  void countsAValueThatIsJudgedAFailure() {
    for (int i = 0; i < 4; i++) {
      StepVerifier.create(guarded(Mono.just("bad"))).expectNext("bad").verifyComplete();
    }

    assertThat(breaker.status()).isEqualTo(Status.OPEN);
  }

  @Test
  void opensWhenHalfOfTheCallsAreSlow() {
    succeeds();
    succeeds();
    isSlow();
    isSlow();

    assertThat(changes).containsExactly("CLOSED to OPEN: 2 of 4 were slow");
  }

  @Test
  void ignoresACallThatItsSubscriberLeft() {
    for (int i = 0; i < 10; i++) {
      guarded(Mono.never()).subscribe().dispose();
    }
    fails();
    fails();
    fails();

    assertThat(breaker.status()).isEqualTo(Status.CLOSED);
  }

  @Test
  void probesOnceItsWaitIsOverAndClosesWhenAllProbesSucceed() {
    hasOpened();
    clock.advance(Duration.ofMillis(4_999));
    isRefusedFor(Duration.ofMillis(1));
    clock.advance(Duration.ofMillis(1));

    succeeds();
    assertThat(breaker.status()).isEqualTo(Status.HALF_OPEN);
    succeeds();

    assertThat(breaker.status()).isEqualTo(Status.CLOSED);
  }

  @Test
  void letsThroughNoMoreThanItsProbes() {
    hasOpened();
    clock.advance(Duration.ofSeconds(5));

    TestPublisher<String> first = TestPublisher.create();
    TestPublisher<String> second = TestPublisher.create();
    StepVerifier firstProbe =
        StepVerifier.create(guarded(first.mono()))
            .expectNext("good")
            .expectComplete()
            .verifyLater();
    StepVerifier secondProbe =
        StepVerifier.create(guarded(second.mono()))
            .expectNext("good")
            .expectComplete()
            .verifyLater();
    isRefusedFor(Duration.ZERO);

    first.emit("good");
    second.emit("good");
    firstProbe.verify();
    secondProbe.verify();
    succeeds();
  }

  @Test
  void waitsTwiceAsLongAfterEachProbeThatFailsUpToItsMaximum() {
    hasOpened();
    for (int seconds : new int[] {10, 20, 20}) {
      clock.advance(Duration.ofSeconds(20));
      fails();
      isRefusedFor(Duration.ofSeconds(seconds));
    }
  }

  @Test
  void beginsWithTheShortWaitAgainOnceItHasClosed() {
    hasOpened();
    clock.advance(Duration.ofSeconds(5));
    fails();
    clock.advance(Duration.ofSeconds(10));
    succeeds();
    succeeds();

    hasOpened();

    isRefusedFor(Duration.ofSeconds(5));
  }

  @Test
  void takesASlowProbeForAFailedOne() {
    hasOpened();
    clock.advance(Duration.ofSeconds(5));

    isSlow();

    assertThat(breaker.status()).isEqualTo(Status.OPEN);
  }

  @Test
  void getsAProbeBackThatItsSubscriberLeft() {
    hasOpened();
    clock.advance(Duration.ofSeconds(5));

    for (int i = 0; i < 10; i++) {
      guarded(Mono.never()).subscribe().dispose();
    }
    succeeds();
    succeeds();

    assertThat(breaker.status()).isEqualTo(Status.CLOSED);
  }

  @Test
  void doesNotTakeACallFromBeforeItOpenedForAProbe() {
    TestPublisher<String> old = TestPublisher.create();
    StepVerifier oldCall =
        StepVerifier.create(guarded(old.mono())).expectNext("good").expectComplete().verifyLater();
    hasOpened();
    clock.advance(Duration.ofSeconds(5));
    succeeds();

    old.emit("good");
    oldCall.verify();

    assertThat(breaker.status()).isEqualTo(Status.HALF_OPEN);
  }

  @Test
  void countsAFailureThatShowedLate() {
    succeeds();
    succeeds();
    breaker.countLateFailure();
    breaker.countLateFailure();

    assertThat(breaker.status()).isEqualTo(Status.OPEN);
  }
}
