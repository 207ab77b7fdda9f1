package dev.weir.http;

import reactor.core.publisher.Mono;

/**
 * The gateway is one of these: a function from a request to its response.
 *
 * <p>The returned {@link Mono} is cold. It emits exactly one response or an error, and is never
 * empty. Cancelling it before it emits ends the work and frees what the work holds; a response that
 * was emitted belongs to whoever received it (see {@link Response}).
 */
@FunctionalInterface
public interface Handler {

  Mono<Response> handle(Request request);
}
