package dev.weir.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.testing.TestClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** 20 % of the calls of the last ten seconds, and at least 3 a second. */
final class RetryBudgetTest {

  private final TestClock clock = new TestClock();
  private final RetryBudget budget = new RetryBudget(20, 3, clock);

  private int repetitions(int wanted) {
    int granted = 0;
    for (int i = 0; i < wanted; i++) {
      granted += budget.tryRepeat() ? 1 : 0;
    }
    return granted;
  }

  @Test
  void grantsAPartOfTheCalls() {
    for (int i = 0; i < 1000; i++) {
      budget.countCall();
    }

    assertThat(repetitions(1000)).isEqualTo(200);
  }

  @Test
  void grantsAFewWhereThereAreFewCalls() {
    budget.countCall();

    assertThat(repetitions(1000)).isEqualTo(30);
  }

  @Test
  void forgetsCallsAndRepetitionsAfterTenSeconds() {
    for (int i = 0; i < 1000; i++) {
      budget.countCall();
    }
    assertThat(repetitions(1000)).isEqualTo(200);

    clock.advance(Duration.ofSeconds(10));

    assertThat(repetitions(1000)).isEqualTo(30);
  }

  @Test
  void doesNotCountARepetitionThatItRefused() {
    assertThat(repetitions(100_000)).isEqualTo(30);

    for (int i = 0; i < 200; i++) {
      budget.countCall();
    }

    assertThat(repetitions(100)).isEqualTo(10);
  }

  /** card.2: an upstream that always fails sees no more than 1.2 times the load. */
  @Test
  void keepsTheLoadOfAFailingUpstreamBelowItsShare() {
    int calls = 0;
    int repetitions = 0;
    for (int second = 0; second < 60; second++) {
      for (int i = 0; i < 100; i++) {
        budget.countCall();
        calls++;
        repetitions += repetitions(2);
      }
      clock.advance(Duration.ofSeconds(1));
    }

    assertThat(repetitions).isLessThanOrEqualTo(calls / 5);
    assertThat(repetitions).isGreaterThan(calls / 6);
  }
}
