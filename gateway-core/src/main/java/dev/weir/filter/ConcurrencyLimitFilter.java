package dev.weir.filter;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Filter;
import dev.weir.http.Handler;
import dev.weir.http.Phase;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.resilience.ConcurrencyLimit;
import dev.weir.resilience.ConcurrencyLimit.Permit;
import dev.weir.resilience.ConcurrencyLimit.Policy;
import dev.weir.resilience.ConcurrencyLimit.Refusal;
import reactor.core.publisher.Mono;

/** Waits for a permit, which is held until the answer's last byte, or the switch to WebSocket. */
public final class ConcurrencyLimitFilter implements Filter {

  private final String name;
  private final ConcurrencyLimit limit;

  /**
   * A step of this limit.
   *
   * @param name for people: {@code gateway}, {@code route orders}, {@code upstream orders}
   */
  public ConcurrencyLimitFilter(String name, ConcurrencyLimit limit) {
    this.name = name;
    this.limit = limit;
  }

  @Override
  public Mono<Response> filter(Request request, Handler next) {
    return limit.limit(
        () -> next.handle(request),
        ConcurrencyLimitFilter::holdUntilEnd,
        () -> request.progress().enter(Phase.QUEUE),
        this::refuse);
  }

  /** An open WebSocket is no request any more, and bounded by a limit of its own. */
  private static Response holdUntilEnd(Response response, Permit permit) {
    if (response.tunnel() != null) {
      permit.release();
      return response;
    }
    return response.onEnd(ending -> permit.release());
  }

  private FailureException refuse(Refusal refusal) {
    Policy policy = limit.policy();
    return switch (refusal) {
      case QUEUE_FULL ->
          Failure.QUEUE_FULL
              .exception(name + ": " + policy.max() + " running, " + policy.maxQueue() + " waiting")
              .retryAfter(policy.maxWait());
      case QUEUE_TIMEOUT ->
          Failure.QUEUE_TIMEOUT
              .exception(name + ": waited " + policy.maxWait().toMillis() + " ms")
              .retryAfter(policy.maxWait());
    };
  }
}
