package dev.weir.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class BackoffTest {

  private final Backoff backoff = new Backoff(Duration.ofMillis(25), Duration.ofMillis(250));

  @Test
  void doublesItsBoundUpToTheMaximum() {
    List<Long> bounds = new ArrayList<>();
    for (int repetition = 1; repetition <= 6; repetition++) {
      bounds.add(backoff.nanos(repetition, below -> below - 1) / 1_000_000);
    }

    assertThat(bounds).containsExactly(25L, 50L, 100L, 200L, 250L, 250L);
  }

  @Test
  void takesAnyTimeDownToNone() {
    assertThat(backoff.nanos(3, below -> 0)).isZero();
  }

  @Property
  void staysBelowItsMaximum(
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 2) long base,
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 2) long max,
      @ForAll @IntRange(min = 1, max = 1000) int repetition) {
    Backoff any = new Backoff(Duration.ofNanos(base), Duration.ofNanos(max));

    assertThat(any.nanos(repetition, below -> below - 1)).isBetween(0L, max);
  }
}
