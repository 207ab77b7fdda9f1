package dev.weir.app.config;

import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Range;
import dev.weir.app.config.binding.Shorthand;

/** Where the line of each request goes. */
@Doc("A line for each request: what was asked, how it ended, and who ended it.")
@Shorthand("to")
public record AccessLogSettings(
    @Doc("Where the lines go.") @Default("stdout") LogDestination to,
    @Doc("Lines that may wait to be written; further ones are dropped and counted.")
        @Default("16384")
        @Range(min = "1", max = "1048576")
        int queue) {}
