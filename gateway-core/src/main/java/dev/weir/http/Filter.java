package dev.weir.http;

import reactor.core.publisher.Mono;

/**
 * One step of the path of a request: it may change the request, answer by itself, or change or
 * repeat what the next step says.
 *
 * <p>A filter that drops a response which it was given must {@link Response#discard() discard} it.
 */
@FunctionalInterface
public interface Filter {

  Mono<Response> filter(Request request, Handler next);

  /** This step in front of {@code next}, as one handler; assembled once, when a route is built. */
  default Handler before(Handler next) {
    return request -> filter(request, next);
  }
}
