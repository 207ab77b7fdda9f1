package dev.weir.app.config;

import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Range;
import java.time.Duration;

/** How long clients may keep a connection without using it well. */
@Doc("How long clients may keep a connection without using it well.")
public record ClientSettings(
    @Doc("A connection without a request is closed after this time.")
        @Default("75s")
        @Range(min = "100ms", max = "1d")
        Duration idle,
    @Doc("The head of a request has to arrive whole within this time.")
        @Default("10s")
        @Range(min = "100ms", max = "1h")
        Duration headerTimeout,
    @Doc("A client that takes nothing of its answer for this time is cut off.")
        @Default("30s")
        @Range(min = "100ms", max = "1h")
        Duration writeStall,
    @Doc(
            "How many bytes of a request's body have to come in a second, on average over some"
                + " seconds; less is answered 408. 0: any number.")
        @Default("240")
        @Range(min = "0", max = "1GiB")
        ByteSize minBodyRate) {}
