package dev.weir.app.server;

import dev.weir.http2.FrameBudget;

/**
 * What one connection may do without bringing a request forward.
 *
 * @param idleFrames that carry nothing
 * @param resets of streams, by the client or because of it
 */
record Http2Budgets(FrameBudget idleFrames, FrameBudget resets) {}
