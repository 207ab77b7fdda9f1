package dev.weir.app.server;

import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * How a listener speaks TLS.
 *
 * @param contexts gives the one for a new connection
 * @param handshakeTimeout after which a connection without an agreement is closed
 * @param maxHandshakes at a time; a connection beyond is closed as soon as it is accepted
 */
public record TlsPolicy(
    Supplier<SslContext> contexts, Duration handshakeTimeout, int maxHandshakes) {}
