package dev.weir.app.config;

import dev.weir.app.config.binding.Checked;
import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Problems;
import dev.weir.app.config.binding.Range;
import dev.weir.app.config.binding.Size;
import dev.weir.filter.RetryFilter;
import dev.weir.resilience.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** When and how often to try again. */
@Doc(
    "When and how often to try again. Only what may be done twice is repeated (RFC 9110 section"
        + " 9.2.2), or what has not been sent yet; within the budget of the upstream and the time"
        + " of the request.")
public record RetrySettings(
    @Doc("Repetitions at most.") @Default("2") @Range(min = "1", max = "10") int max,
    @Doc("The pause before the first repetition is a random part of this; it doubles each time.")
        @Default("25ms")
        @Range(min = "0ms", max = "1m")
        Duration base,
    @Doc("To which the pause grows; at least `base`.")
        @Default("250ms")
        @Range(min = "0ms", max = "10m")
        Duration cap,
    @Doc("Statuses of answers that are worth another try.")
        @Default("[502, 503, 504]")
        @Range(min = "400", max = "599")
        @Size(max = 32)
        List<Integer> statuses,
    @Doc("How much of a body is kept for a repetition; a request with more is not repeated.")
        @Default("64KiB")
        @Range(min = "0", max = "1GiB")
        ByteSize replay)
    implements Checked {

  @Override
  public void check(Problems at) {
    Lengths.requireOrder(at, "base", base, "cap", cap);
  }

  public RetryFilter.Policy policy() {
    return new RetryFilter.Policy(
        max, new Backoff(base, cap), Set.copyOf(statuses), replay.toInt());
  }
}
