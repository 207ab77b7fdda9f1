package dev.weir.filter;

import dev.weir.http.Ending;
import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Filter;
import dev.weir.http.Handler;
import dev.weir.http.Party;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.resilience.CircuitBreaker;
import dev.weir.resilience.CircuitBreaker.Judge;
import dev.weir.resilience.CircuitBreaker.Verdict;
import java.time.Duration;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/**
 * Leaves a failing upstream alone. Counts attempts: what the upstream does wrong is a failure, 5xx
 * included; what the client or a limit of ours did says nothing about it.
 */
public final class CircuitBreakerFilter implements Filter {

  private final String upstream;
  private final CircuitBreaker breaker;
  private final Judge<Response> judge;
  private final Consumer<Ending> lateFailure = this::countLateFailure;

  public CircuitBreakerFilter(String upstream, CircuitBreaker breaker) {
    this.upstream = upstream;
    this.breaker = breaker;
    this.judge = new ResponseJudge();
  }

  @Override
  public Mono<Response> filter(Request request, Handler next) {
    return breaker.guard(next.handle(request), judge, this::refuse);
  }

  private FailureException refuse(Duration wait) {
    return Failure.BREAKER_OPEN.exception("upstream " + upstream).retryAfter(wait);
  }

  private void countLateFailure(Ending ending) {
    if (ending.cause() != null && Failure.of(ending.cause()).party() == Party.UPSTREAM) {
      breaker.countLateFailure();
    }
  }

  /**
   * An attempt that was cut short says nothing, unless it had taken as long as a slow call by then:
   * else an upstream that hangs would never be left alone, as it is always the deadline or the
   * client that ends its calls.
   */
  private final class ResponseJudge implements Judge<Response> {

    private final long slowNanos = breaker.policy().slowCall().toNanos();

    /** Of what is known by its head; its body may still break off. */
    @Override
    public Verdict value(Response response) {
      response.onEnd(lateFailure);
      return response.status() >= 500 ? Verdict.FAILURE : Verdict.SUCCESS;
    }

    @Override
    public Verdict error(Throwable error, long elapsedNanos) {
      boolean isUpstreams = Failure.of(error).party() == Party.UPSTREAM;
      return isUpstreams ? Verdict.FAILURE : cancelled(elapsedNanos);
    }

    @Override
    public Verdict cancelled(long elapsedNanos) {
      return elapsedNanos >= slowNanos ? Verdict.FAILURE : Verdict.IGNORED;
    }
  }
}
