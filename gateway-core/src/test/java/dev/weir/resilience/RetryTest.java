package dev.weir.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.testing.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** Repeats errors and the value "busy", twice, after 50 ms. */
final class RetryTest {

  private final TestClock clock = new TestClock();
  private final AtomicInteger attempts = new AtomicInteger();

  private final class TwiceAfter50Millis implements Retry.Policy<String> {

    private int repetitions;

    @Override
    public long pauseAfter(String value) {
      return value.equals("busy") ? pause() : Retry.NO_MORE;
    }

    @Override
    public long pauseAfter(Throwable error) {
      return pause();
    }

    private long pause() {
      return ++repetitions <= 2 ? Duration.ofMillis(50).toNanos() : Retry.NO_MORE;
    }
  }

  @SafeVarargs
  private Mono<String> repeated(Mono<String>... answers) {
    return Retry.repeat(() -> answers[attempts.getAndIncrement()], new TwiceAfter50Millis(), clock);
  }

  @Test
  void takesTheFirstAnswerThatIsGood() {
    StepVerifier.create(repeated(Mono.just("good"))).expectNext("good").verifyComplete();

    assertThat(attempts).hasValue(1);
  }

  @Test
  void repeatsAnErrorAfterItsPause() {
    StepVerifier.create(repeated(Mono.error(new IllegalStateException("one")), Mono.just("good")))
        .then(() -> clock.advance(Duration.ofMillis(49)))
        .then(() -> assertThat(attempts).hasValue(1))
        .then(() -> clock.advance(Duration.ofMillis(1)))
        .expectNext("good")
        .verifyComplete();
  }

  @Test
  void discardsAValueThatItDoesNotTakeBeforeItPauses() {
    List<String> discarded = new ArrayList<>();

    StepVerifier.create(
            repeated(Mono.just("busy"), Mono.just("good"))
                .doOnDiscard(String.class, discarded::add))
        .then(() -> assertThat(discarded).containsExactly("busy"))
        .then(() -> clock.advance(Duration.ofMillis(50)))
        .expectNext("good")
        .verifyComplete();
  }

  @Test
  void takesTheLastAnswerWhateverItIs() {
    StepVerifier.create(
            repeated(
                Mono.error(new IllegalStateException("one")),
                Mono.just("busy"),
                Mono.error(new IllegalStateException("three"))))
        .then(() -> clock.advance(Duration.ofMillis(100)))
        .verifyErrorMessage("three");
  }

  @Test
  void passesAValueThatIsLast() {
    StepVerifier.create(repeated(Mono.just("busy"), Mono.just("busy"), Mono.just("busy")))
        .then(() -> clock.advance(Duration.ofMillis(100)))
        .expectNext("busy")
        .verifyComplete();
  }

  @Test
  void endsItsPauseWhenTheSubscriberLeaves() {
    repeated(Mono.error(new IllegalStateException("one"))).subscribe().dispose();

    assertThat(clock.pendingTimers()).isZero();
    clock.advance(Duration.ofSeconds(1));
    assertThat(attempts).hasValue(1);
  }

  @Test
  void cancelsTheAttemptThatRunsWhenTheSubscriberLeaves() {
    TestPublisher<String> attempt = TestPublisher.create();

    repeated(attempt.mono()).subscribe().dispose();

    attempt.assertWasCancelled();
  }

  @Test
  void takesAnAttemptThatCantBeMadeForOneThatFails() {
    Mono<String> repeated =
        Retry.repeat(
            () -> {
              if (attempts.getAndIncrement() == 0) {
                throw new IllegalStateException("not made");
              }
              return Mono.just("good");
            },
            new TwiceAfter50Millis(),
            clock);

    StepVerifier.create(repeated)
        .then(() -> clock.advance(Duration.ofMillis(50)))
        .expectNext("good")
        .verifyComplete();
  }

  @Test
  void takesNoPauseForAShortOne() {
    Mono<String> repeated =
        Retry.repeat(
            () -> Mono.just(attempts.getAndIncrement() == 0 ? "busy" : "good"),
            new Retry.Policy<>() {
              @Override
              public long pauseAfter(String value) {
                return value.equals("busy") ? 0 : Retry.NO_MORE;
              }

              @Override
              public long pauseAfter(Throwable error) {
                return Retry.NO_MORE;
              }
            },
            clock);

    StepVerifier.create(repeated)
        .then(() -> clock.advance(Duration.ofNanos(1)))
        .expectNext("good")
        .verifyComplete();
  }
}
