package dev.weir.app.config;

import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Range;

/** Bounds of what clients can make the gateway hold. */
@Doc("Bounds of what clients can make the gateway hold, whatever they ask for.")
public record LimitSettings(
    @Doc("The longest request target (path and query); longer ones are answered 414.")
        @Default("8KiB")
        @Range(min = "256", max = "1MiB")
        ByteSize target,
    @Doc("All header fields of a request together; more is answered 431.")
        @Default("32KiB")
        @Range(min = "1KiB", max = "1MiB")
        ByteSize headers,
    @Doc("How many header fields a request may have; more are answered 431.")
        @Default("100")
        @Range(min = "1", max = "10000")
        int headerCount,
    @Doc(
            "Open connections of clients of one listener; what exceeds this is closed at once. The"
                + " limit on open files (`ulimit -n`) bounds those of all listeners together: what"
                + " exceeds that waits to be accepted.")
        @Default("10000")
        @Range(min = "1", max = "1000000")
        int connections,
    @Doc(
            "Open connections from one address (from one /64 of IPv6); what exceeds this is closed at"
                + " once. `trusted-proxies` are not counted.")
        @Default("10000")
        @Range(min = "1", max = "1000000")
        int connectionsPerAddress,
    @Doc(
            "Memory for request bodies that are kept for a repetition, all together. When it is"
                + " used up, requests are not kept, and so not repeated.")
        @Default("64MiB")
        @Range(min = "0", max = "1024GiB")
        ByteSize replayMemory) {}
