package dev.weir.app.config;

import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
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
        Duration finish) {}
