package dev.weir.app.config;

import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Range;

/** HTTP/2 with clients. */
@Doc(
    "HTTP/2 with clients: over TLS as they choose (ALPN), on the plain listener for those who begin"
        + " with it. `off` for HTTP/1.1 alone.")
public record Http2Settings(
    @Doc("Requests at a time on one connection; more are refused, and may be sent again.")
        @Default("100")
        @Range(min = "1", max = "10000")
        int maxStreams,
    @Doc("How much of a request's body may be on its way that nobody has read.")
        @Default("64KiB")
        @Range(min = "64KiB", max = "16MiB")
        ByteSize streamWindow,
    @Doc(
            "The same for all requests of a connection together. If `max-streams` times"
                + " `stream-window` is more than nine tenths of this, then bodies that wait, since"
                + " their requests do or their upstreams are slow, can hold up the other bodies of"
                + " their connection until their time is over. As much again may be held in bodies"
                + " that came in one go.")
        @Default("8MiB")
        @Range(min = "64KiB", max = "1GiB")
        ByteSize connectionWindow,
    @Doc(
            "Frames that bring nothing forward (SETTINGS, PING, PRIORITY and their kind) in ten"
                + " seconds; requests and content allow for more. What exceeds this ends the"
                + " connection.")
        @Default("1000")
        @Range(min = "100", max = "1000000")
        int idleFrames,
    @Doc(
            "Requests that a client takes back, or that we have to reset for its mistakes, in ten"
                + " seconds. What exceeds this ends the connection.")
        @Default("200")
        @Range(min = "10", max = "1000000")
        int resets) {}
