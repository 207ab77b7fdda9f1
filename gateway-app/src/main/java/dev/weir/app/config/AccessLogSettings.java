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
    @Doc(
            "Memory for lines that wait to be written, in equal parts for each event loop; a line"
                + " that finds no room is dropped and counted.")
        @Default("8MiB")
        @Range(min = "256KiB", max = "1GiB")
        ByteSize buffer) {}
