package dev.weir.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.testing.Requests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** N3: what a request costs. */
class CostTest {

  private static final Cost COST = new Cost(2, "x-cost", 50);

  @Test
  void isWhatItSaysWithinItsBounds() {
    assertThat(Cost.fixed(3).of(Requests.get("/", "x-cost", "7"))).isEqualTo(3);
    assertThat(COST.of(Requests.get("/"))).isEqualTo(2);
    assertThat(COST.of(Requests.get("/", "X-Cost", "1"))).isEqualTo(1);
    assertThat(COST.of(Requests.get("/", "x-cost", "50"))).isEqualTo(50);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0", "-1", "51", "1000000000000000000", "NaN", "1.0", "+1", "1 1", "1,1", "١"})
  void isNeverGuessed(String said) {
    assertThatThrownBy(() -> COST.of(Requests.get("/", "x-cost", said)))
        .hasMessageStartingWith("bad_header: x-cost: ")
        .hasMessageEndingWith("(expected: one number from 1 to 50)");
  }

  @Test
  void isSaidOnce() {
    assertThatThrownBy(() -> COST.of(Requests.get("/", "x-cost", "1", "x-cost", "1")))
        .hasMessageStartingWith("bad_header: x-cost: ");
  }
}
