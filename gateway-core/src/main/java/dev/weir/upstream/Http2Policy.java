package dev.weir.upstream;

import java.time.Duration;

/**
 * What connections of HTTP/2 to an endpoint may take, beside what {@link ConnectionPolicy} says.
 *
 * @param maxConnections from one event loop to one endpoint; those that are about to end do not
 *     count
 * @param maxStreams at a time on one connection; fewer, if the endpoint wants that
 * @param streamWindow bytes of an answer on their way that nobody has read; 65 535 or more
 * @param maxIdleFrames in ten seconds that bring nothing forward; more end the connection
 * @param pingAfter how long an endpoint may say nothing at all before it is asked whether it is
 *     there
 * @param pingTimeout how long it may take to answer that
 */
public record Http2Policy(
    int maxConnections,
    int maxStreams,
    int streamWindow,
    int maxIdleFrames,
    Duration pingAfter,
    Duration pingTimeout) {}
