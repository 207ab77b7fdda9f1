package dev.weir.app.server;

import java.util.Set;

/**
 * What a connection that speaks HTTP/2 may ask for.
 *
 * @param maxStreams at a time; more are refused
 * @param streamWindow bytes of a request's body on their way that nobody has read
 * @param connectionWindow the same for all streams of a connection together
 * @param maxIdleFrames in ten seconds that bring nothing forward; more end the connection
 * @param maxResets streams that a client resets, or makes us reset, in ten seconds; likewise
 * @param connectProtocols what a stream may carry instead of a request (RFC 8441 §4); if there is
 *     nothing, clients are not told that they could ask
 */
public record Http2Limits(
    int maxStreams,
    int streamWindow,
    int connectionWindow,
    int maxIdleFrames,
    int maxResets,
    Set<String> connectProtocols) {}
