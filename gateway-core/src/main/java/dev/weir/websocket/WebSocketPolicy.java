package dev.weir.websocket;

import java.time.Duration;

/**
 * What a route allows of WebSockets.
 *
 * @param fromClient what clients may send
 * @param fromUpstream what upstreams may send
 * @param maxOpen at a time
 * @param idle without a byte in either direction, after which a WebSocket is closed
 * @param closeTimeout how long a side may take to answer a close frame
 * @param isCompressionKept whether clients and upstreams may agree on permessage-deflate (RFC 7692)
 */
public record WebSocketPolicy(
    FrameLimits fromClient,
    FrameLimits fromUpstream,
    int maxOpen,
    Duration idle,
    Duration closeTimeout,
    OriginRule origins,
    boolean isCompressionKept) {}
