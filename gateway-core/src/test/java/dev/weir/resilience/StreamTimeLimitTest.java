package dev.weir.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.testing.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** May stand still for 100 ms, and go on for a second. */
final class StreamTimeLimitTest {

  private final TestClock clock = new TestClock();
  private final TestPublisher<String> source =
      TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
  private final List<String> discarded = new ArrayList<>();

  private Flux<String> limited() {
    long until = clock.now(TimeUnit.NANOSECONDS) + Duration.ofSeconds(1).toNanos();
    return StreamTimeLimit.limit(
        source.flux(),
        Duration.ofMillis(100).toNanos(),
        until,
        clock,
        () -> new IllegalStateException("idle"),
        () -> new IllegalStateException("late"),
        discarded::add);
  }

  @AfterEach
  void leavesNoTimerBehind() {
    assertThat(clock.pendingTimers()).isZero();
  }

  @Test
  void passesAStreamThatMoves() {
    StepVerifier.create(limited())
        .then(() -> clock.advanceMillis(99))
        .then(() -> source.next("a"))
        .expectNext("a")
        .then(() -> clock.advanceMillis(99))
        .then(() -> source.next("b"))
        .expectNext("b")
        .then(source::complete)
        .verifyComplete();
  }

  @Test
  void endsAStreamThatStandsStill() {
    StepVerifier.create(limited())
        .then(() -> source.next("a"))
        .expectNext("a")
        .then(() -> clock.advanceMillis(100))
        .verifyErrorMessage("idle");

    source.assertWasCancelled();
  }

  @Test
  void letsAStreamStandStillThatNobodyAsksForMore() {
    StepVerifier.create(limited(), 1)
        .then(() -> source.next("a"))
        .expectNext("a")
        .then(() -> clock.advanceMillis(500))
        .thenRequest(1)
        .then(() -> clock.advanceMillis(99))
        .then(() -> source.next("b"))
        .expectNext("b")
        .then(source::complete)
        .verifyComplete();
  }

  @Test
  void countsFromTheMomentAtWhichMoreIsAskedFor() {
    StepVerifier.create(limited(), 0)
        .then(() -> clock.advanceMillis(250))
        .thenRequest(1)
        .then(() -> clock.advanceMillis(200))
        .verifyErrorMessage("idle");
  }

  @Test
  void endsAStreamThatGoesOnForTooLong() {
    List<String> seen = new ArrayList<>();
    List<String> errors = new ArrayList<>();
    limited().subscribe(seen::add, error -> errors.add(error.getMessage()));
    for (int i = 0; i < 20; i++) {
      source.next("more");
      clock.advanceMillis(50);
    }

    assertThat(seen).hasSize(20);
    assertThat(errors).containsExactly("late");
    source.assertWasCancelled();
  }

  @Test
  void endsAStreamThatGoesOnForTooLongEvenIfNobodyAsksForMore() {
    StepVerifier.create(limited(), 0)
        .then(() -> clock.advanceMillis(1000))
        .verifyErrorMessage("late");
  }

  @Test
  void discardsAnElementThatComesTooLate() {
    StepVerifier.create(limited()).then(() -> clock.advanceMillis(100)).verifyErrorMessage("idle");

    source.next("late");

    assertThat(discarded).containsExactly("late");
  }

  @Test
  void cancelsAStreamThatItsSubscriberLeaves() {
    StepVerifier.create(limited())
        .then(() -> source.next("a"))
        .expectNext("a")
        .thenCancel()
        .verify();

    source.assertWasCancelled();
  }

  @Test
  void passesAnError() {
    StepVerifier.create(limited())
        .then(() -> source.error(new IllegalStateException("broken")))
        .verifyErrorMessage("broken");
  }
}
