package dev.weir.upstream;

import java.time.Duration;

/**
 * How connections to the endpoints of one upstream are opened and kept.
 *
 * @param connectTimeout including the name's resolution and the TLS handshake
 * @param maxConnections to one endpoint; the upstream's concurrency limit keeps to it
 * @param maxIdle after which an unused connection is closed; below what the endpoint itself allows
 * @param maxHeaderBytes of a response's head
 * @param maxLifetime after which a connection is not used again
 * @param warmConnections to an endpoint that are kept open even if nobody needs them
 */
public record ConnectionPolicy(
    Duration connectTimeout,
    int maxConnections,
    Duration maxIdle,
    int maxHeaderBytes,
    Duration maxLifetime,
    int warmConnections) {}
