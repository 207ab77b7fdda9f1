package dev.weir.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.testing.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

final class TimeLimitTest {

  private final TestClock clock = new TestClock();

  private <T> Mono<T> limited(Mono<T> call) {
    return TimeLimit.limit(call, Duration.ofMillis(100).toNanos(), clock, TimeoutException::new);
  }

  @Test
  void passesAValueInTime() {
    StepVerifier.create(limited(Mono.delay(Duration.ofMillis(99), clock)))
        .then(() -> clock.advance(Duration.ofMillis(99)))
        .expectNext(0L)
        .verifyComplete();
  }

  @Test
  void failsAndCancelsTheCallWhenTimeIsUp() {
    TestPublisher<String> call = TestPublisher.create();

    StepVerifier.create(limited(call.mono()))
        .then(() -> clock.advance(Duration.ofMillis(100)))
        .verifyError(TimeoutException.class);

    call.assertWasCancelled();
  }

  @Test
  void isNotOverBeforeItsTime() {
    StepVerifier.create(limited(Mono.never()))
        .then(() -> clock.advance(Duration.ofMillis(99)))
        .thenCancel()
        .verify();
  }

  @Test
  void discardsAValueThatComesTooLate() {
    TestPublisher<String> call =
        TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
    List<Object> discarded = new ArrayList<>();

    StepVerifier.create(limited(call.mono()).doOnDiscard(String.class, discarded::add))
        .then(() -> clock.advance(Duration.ofMillis(100)))
        .verifyError(TimeoutException.class);
    call.next("late");

    assertThat(discarded).containsExactly("late");
  }

  @Test
  void cancelsTheCallWhenItsSubscriberLeaves() {
    TestPublisher<String> call = TestPublisher.create();

    limited(call.mono()).subscribe().dispose();

    call.assertWasCancelled();
  }

  @Test
  void passesAnErrorInTime() {
    StepVerifier.create(limited(Mono.error(new IllegalStateException("broken"))))
        .verifyErrorMessage("broken");
  }

  @Test
  void leavesNoTimerBehind() {
    for (int i = 0; i < 100; i++) {
      StepVerifier.create(limited(Mono.just("at once"))).expectNext("at once").verifyComplete();
      limited(Mono.never()).subscribe().dispose();
    }

    assertThat(clock.pendingTimers()).isZero();
  }
}
