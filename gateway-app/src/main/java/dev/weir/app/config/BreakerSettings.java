package dev.weir.app.config;

import dev.weir.app.config.binding.Checked;
import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Problems;
import dev.weir.app.config.binding.Range;
import dev.weir.resilience.CircuitBreaker;
import java.time.Duration;

/** When to leave an upstream alone for a while. */
@Doc(
    "When to leave an upstream alone for a while: requests are then answered 503 at once, until a"
        + " few that are let through find it well again.")
public record BreakerSettings(
    @Doc("Opens when this part of the attempts in the window failed.")
        @Default("50%")
        @Range(min = "1%", max = "100%")
        Percent failures,
    @Doc("Opens when this part of the attempts in the window was slow.")
        @Default("80%")
        @Range(min = "1%", max = "100%")
        Percent slow,
    @Doc("From this duration on an attempt is slow, even if it succeeds.")
        @Default("5s")
        @Range(min = "1ms", max = "1h")
        Duration slowCall,
    @Doc("Attempts in the window below which nothing is concluded.")
        @Default("20")
        @Range(min = "1", max = "1000000")
        int minCalls,
    @Doc("Over which time attempts are counted.") @Default("10s") @Range(min = "100ms", max = "1h")
        Duration window,
    @Doc("How long to refuse at first; doubles each time a probe fails.")
        @Default("5s")
        @Range(min = "1ms", max = "1h")
        Duration open,
    @Doc("The longest time to refuse; at least `open`.")
        @Default("60s")
        @Range(min = "1ms", max = "1d")
        Duration maxOpen,
    @Doc("Requests let through to find out; when all of them succeed, it closes.")
        @Default("3")
        @Range(min = "1", max = "1000")
        int probes)
    implements Checked {

  @Override
  public void check(Problems at) {
    Lengths.requireOrder(at, "open", open, "max-open", maxOpen);
  }

  public CircuitBreaker.Policy policy() {
    return new CircuitBreaker.Policy(
        failures.value(), slow.value(), slowCall, minCalls, window, open, maxOpen, probes);
  }
}
