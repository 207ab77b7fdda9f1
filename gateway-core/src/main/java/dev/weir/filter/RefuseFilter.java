package dev.weir.filter;

import dev.weir.http.FailureException;
import dev.weir.http.Filter;
import dev.weir.http.Handler;
import dev.weir.http.Request;
import dev.weir.http.Response;
import reactor.core.publisher.Mono;

/**
 * Ends a request that the listener has refused, where it is recorded and rendered like any other.
 */
public final class RefuseFilter implements Filter {

  @Override
  public Mono<Response> filter(Request request, Handler next) {
    FailureException refusal = request.refusal();
    return refusal == null ? next.handle(request) : Mono.error(refusal);
  }
}
