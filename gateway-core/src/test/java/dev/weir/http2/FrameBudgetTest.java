package dev.weir.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What may be spent, and when there is more again. */
final class FrameBudgetTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void isSpentAndRenewed() {
    FrameBudget budget = new FrameBudget(2, 0);

    assertThat(budget.spend(0)).isTrue();
    assertThat(budget.spend(SECOND)).isTrue();
    assertThat(budget.spend(9 * SECOND)).isFalse();
    assertThat(budget.spend(10 * SECOND)).isTrue();
  }

  @Test
  void canBeEarnedButNotSaved() {
    FrameBudget budget = new FrameBudget(1, 0);

    assertThat(budget.spend(0)).isTrue();
    budget.earn(5);
    assertThat(budget.spend(0)).isTrue();
    assertThat(budget.spend(0)).isFalse();
  }
}
