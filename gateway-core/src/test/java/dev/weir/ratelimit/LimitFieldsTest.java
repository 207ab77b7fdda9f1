package dev.weir.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ratelimit.LimitFields.Style;
import dev.weir.ratelimit.Verdict.Source;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an answer tells of its limits. */
class LimitFieldsTest {

  private static final RateLimit CLIENT = Limits.gcra("client", 10, 1_000, 25);
  private static final RateLimit DAY = Limits.window("day", 1_000, 86_400_000);
  private static final RateLimit SHADOW = Limits.shadow("trial", 1, 1_000);
  private static final List<RateLimit> ALL = List.of(CLIENT, SHADOW, DAY);

  private static Verdict verdict(RateLimit limit, long remaining, long resetMicros) {
    return new Verdict(new Charge(limit, "k", 1), Source.OWN, true, remaining, 0, resetMicros);
  }

  private static final Decision DECISION =
      new Decision(
          List.of(
              verdict(CLIENT, 24, 100_000),
              verdict(SHADOW, 0, 1_000_000),
              verdict(DAY, 500, 86_400_000_001L)));

  @Test
  void areStructuredFields() {
    assertThat(new LimitFields(Style.STANDARD, ALL).of(DECISION))
        .isEqualTo(
            Map.of(
                "ratelimit-policy",
                "\"client\";q=25;w=3, \"day\";q=1000;w=86400",
                "ratelimit",
                "\"client\";r=24;t=1, \"day\";r=500;t=86401"));
  }

  @Test
  void tellOfTheTightestInTheOldForm() {
    assertThat(new LimitFields(Style.X_RATELIMIT, ALL).of(DECISION))
        .isEqualTo(
            Map.of(
                "x-ratelimit-limit", "1000",
                "x-ratelimit-remaining", "500",
                "x-ratelimit-reset", "86401"));
    assertThat(new LimitFields(Style.BOTH, ALL).of(DECISION)).hasSize(5);
    assertThat(new LimitFields(Style.NONE, ALL).of(DECISION)).isEmpty();
  }

  @Test
  void sayIfALimitCouldNotBeAsked() {
    Decision open =
        new Decision(
            List.of(
                verdict(CLIENT, 24, 100_000).from(Source.LOCAL),
                Verdict.open(new Charge(DAY, "k", 1))));

    assertThat(new LimitFields(Style.STANDARD, List.of(CLIENT, DAY)).of(open))
        .containsEntry("x-ratelimit-degraded", "open")
        .containsEntry("ratelimit", "\"client\";r=24;t=1");
  }
}
