package dev.weir.ratelimit;

import java.util.List;
import reactor.core.publisher.Mono;

/** Decides on requests by how many there have been. */
public interface RateLimiter {

  /**
   * One decision on all charges of a request, each of another limit: either every limit that is not
   * in shadow is charged, or none is. A shadow is charged if it can be and the request is admitted.
   *
   * <p>Cold. Emits on the thread that subscribed. Cancelling it does not undo a decision that is on
   * its way: the tokens may be gone.
   *
   * @return the decision; or the error {@link dev.weir.http.Failure#RATE_LIMIT_SERVICE_ERROR} if
   *     there can't be one and a limit of the charges wants requests refused then
   */
  Mono<Decision> decide(List<Charge> charges);
}
