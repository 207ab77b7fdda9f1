package dev.weir.app.config;

import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Range;
import dev.weir.resilience.ConcurrencyLimit;
import java.time.Duration;

/** How many requests may run at a time, and how many more may wait. */
@Doc(
    "How many requests may run at a time, and how many more may wait for their turn. A request runs"
        + " until the last byte of its answer; one that is refused is answered 503.")
public record ConcurrencySettings(
    @Doc("Requests that run at a time.") @Range(min = "1", max = "1000000") int max,
    @Doc("Requests that may wait besides; further ones are refused at once. 0: none waits.")
        @Default("0")
        @Range(min = "0", max = "1000000")
        int queue,
    @Doc("How long a request may wait.") @Default("1s") @Range(min = "1ms", max = "1h")
        Duration queueTimeout) {

  public ConcurrencyLimit.Policy policy() {
    return new ConcurrencyLimit.Policy(max, queue, queueTimeout);
  }
}
