package dev.weir.app.config;

import dev.weir.app.config.binding.Checked;
import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Problems;
import dev.weir.app.config.binding.Range;
import java.time.Duration;

/** How the gateway stops. */
@Doc(
    "How the gateway stops: first it says that it is not ready any more, then it lets requests end.")
public record DrainSettings(
    @Doc(
            "How long connections are still accepted after readiness has failed, so that a load"
                + " balancer can notice.")
        @Default("5s")
        @Range(min = "0s", max = "1h")
        Duration grace,
    @Doc("How long requests may then take to end; what runs after that is cut off.")
        @Default("30s")
        @Range(min = "0s", max = "1d")
        Duration finish,
    @Doc(
            "Over which time open WebSockets are closed, each at a random moment, so that their"
                + " clients do not all come back at once. At most `finish`.")
        @Default("10s")
        @Range(min = "0s", max = "1d")
        Duration websockets,
    @Doc("What their clients are told: 1001, going away, or 1012, service restart.")
        @Default("1001")
        @Range(min = "1001", max = "1012")
        int websocketCode)
    implements Checked {

  @Override
  public void check(Problems at) {
    if (at.says("websockets") && websockets.compareTo(finish) > 0) {
      at.report("websockets", "at most finish, " + Lengths.of(finish));
    }
    if (websocketCode != 1001 && websocketCode != 1012) {
      at.report("websocket-code", "1001 or 1012");
    }
  }

  /** Over which time WebSockets are closed, with the default cut to {@code finish}. */
  public Duration spread() {
    return websockets.compareTo(finish) < 0 ? websockets : finish;
  }
}
