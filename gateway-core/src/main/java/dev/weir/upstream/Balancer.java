package dev.weir.upstream;

import dev.weir.http.Failure;
import dev.weir.http.Handler;
import dev.weir.http.Progress;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.resilience.CallObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import reactor.core.publisher.Mono;

/**
 * Picks an endpoint for each attempt: of two at random the one with fewer requests, among those
 * that this request has not been to yet; among all, if it has been to each.
 *
 * <p>Two random choices keep the load nearly as even as asking all of them would, and unlike it do
 * not send everybody to the same endpoint at the moment at which it has become free.
 */
public final class Balancer implements Handler {

  private final List<Candidate> candidates;
  private final LongUnaryOperator random;

  /**
   * Over these.
   *
   * @param random gives a number from 0 to below its argument
   */
  public Balancer(List<Candidate> candidates, LongUnaryOperator random) {
    this.candidates = List.copyOf(candidates);
    this.random = random;
  }

  /** An endpoint, and what leads to it. */
  public record Candidate(Endpoint endpoint, Handler next) {

    String name() {
      return endpoint.toString();
    }
  }

  @Override
  public Mono<Response> handle(Request request) {
    return Mono.defer(
        () -> {
          if (candidates.isEmpty()) {
            return Mono.error(Failure.NO_ENDPOINT::exception);
          }
          Candidate candidate = candidates.size() == 1 ? candidates.get(0) : pick(request);
          request.progress().attempt(candidate.name());
          Mono<Response> answer = candidate.next().handle(request);
          return candidates.size() == 1 ? answer : counted(answer, candidate.endpoint());
        });
  }

  private Candidate pick(Request request) {
    List<Candidate> fresh = freshFor(request.progress());
    int first = (int) random.applyAsLong(fresh.size());
    if (fresh.size() == 1) {
      return fresh.get(first);
    }
    int second = (int) random.applyAsLong(fresh.size() - 1);
    Candidate one = fresh.get(first);
    Candidate other = fresh.get(second < first ? second : second + 1);
    return one.endpoint().inFlight() <= other.endpoint().inFlight() ? one : other;
  }

  private List<Candidate> freshFor(Progress progress) {
    if (progress.attempts() == 0) {
      return candidates;
    }
    List<Candidate> fresh = new ArrayList<>(candidates.size());
    for (Candidate candidate : candidates) {
      if (!progress.hasTried(candidate.name())) {
        fresh.add(candidate);
      }
    }
    return fresh.isEmpty() ? candidates : fresh;
  }

  private static Mono<Response> counted(Mono<Response> answer, Endpoint endpoint) {
    endpoint.begin();
    return CallObserver.observe(
        answer,
        new CallObserver<>() {
          @Override
          public void value(Response response) {
            response.onEnd(ending -> endpoint.end());
          }

          @Override
          public void error(Throwable error) {
            endpoint.end();
          }

          @Override
          public void cancelled() {
            endpoint.end();
          }
        });
  }
}
