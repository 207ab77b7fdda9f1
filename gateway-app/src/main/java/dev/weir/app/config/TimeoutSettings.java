package dev.weir.app.config;

import dev.weir.app.config.binding.Checked;
import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Problems;
import dev.weir.app.config.binding.Range;
import dev.weir.http.Timeouts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long the parts of a request may take. */
@Doc("How long the parts of a request may take; what takes longer is answered 504.")
public record TimeoutSettings(
    @Doc("Until the head of the answer: waiting, every attempt and every pause, all together.")
        @Default("15s")
        @Range(min = "1ms", max = "1d")
        Duration request,
    @Doc(
            "One try at one endpoint, until the head of its answer. At most `request`, and the same"
                + " where nothing is said.")
        @Range(min = "1ms", max = "1d")
        @Nullable Duration attempt,
    @Doc("Between two pieces of a body, in either direction.")
        @Default("60s")
        @Range(min = "1ms", max = "1d")
        Duration idle,
    @Doc("Until the last byte of the answer. At least `request`.")
        @Default("1h")
        @Range(min = "1ms", max = "30d")
        Duration exchange)
    implements Checked {

  @Override
  public void check(Problems at) {
    if (attempt != null && attempt.compareTo(request) > 0 && at.says("attempt")) {
      at.report("attempt", "at most request, " + Lengths.of(request));
    }
    Lengths.requireOrder(at, "request", request, "exchange", exchange);
  }

  /** With the attempt that holds: one that comes from the defaults ends with the request. */
  public Timeouts timeouts() {
    boolean isBounded = attempt != null && attempt.compareTo(request) < 0;
    return new Timeouts(request, isBounded && attempt != null ? attempt : request, idle, exchange);
  }
}
