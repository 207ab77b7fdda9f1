package dev.weir.app.config;

import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Range;
import dev.weir.upstream.Http2Policy;
import java.time.Duration;

/** HTTP/2 with endpoints. */
@Doc("HTTP/2 with endpoints, where `protocol` is `http2` or `auto`.")
public record UpstreamHttp2Settings(
    @Doc(
            "Connections from each event loop to each endpoint. Another is opened when all are full;"
                + " a request that finds no room waits, as many at a time as `concurrency.max`, and"
                + " beyond that is answered 503.")
        @Default("4")
        @Range(min = "1", max = "1000")
        int connections,
    @Doc("Requests at a time on one connection; fewer, if the endpoint wants that.")
        @Default("100")
        @Range(min = "1", max = "10000")
        int maxStreams,
    @Doc("How much of an answer may be on its way that nobody has read.")
        @Default("64KiB")
        @Range(min = "64KiB", max = "16MiB")
        ByteSize streamWindow,
    @Doc(
            "Frames that bring nothing forward (SETTINGS, PING, resets and their kind) in ten"
                + " seconds; answers and content allow for more. What exceeds this ends the"
                + " connection.")
        @Default("1000")
        @Range(min = "100", max = "1000000")
        int idleFrames,
    @Doc(
            "An endpoint that has a request and says nothing at all for so long is sent a PING; two"
                + " at most, as servers of gRPC bear no more.")
        @Default("10s")
        @Range(min = "1s", max = "1h")
        Duration pingAfter,
    @Doc("A connection is closed, and its requests fail, if a PING is not answered for so long.")
        @Default("5s")
        @Range(min = "100ms", max = "5m")
        Duration pingTimeout) {

  public Http2Policy policy() {
    return new Http2Policy(
        connections, maxStreams, streamWindow.toInt(), idleFrames, pingAfter, pingTimeout);
  }
}
