package dev.weir.filter;

import dev.weir.http.Failure;
import dev.weir.http.Fields;
import dev.weir.http.Filter;
import dev.weir.http.Handler;
import dev.weir.http.Phase;
import dev.weir.http.ReplayBody;
import dev.weir.http.ReplayMemory;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.resilience.Backoff;
import dev.weir.resilience.CallObserver;
import dev.weir.resilience.Retry;
import dev.weir.resilience.RetryBudget;
import dev.weir.telemetry.Event;
import dev.weir.telemetry.Telemetry;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.BitSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Repeats what failed and may be repeated, inside the budget of its upstream and the deadline of
 * the request. Nothing has been sent to the client yet when it decides: above this step, an
 * answer's head is only passed on.
 */
public final class RetryFilter implements Filter {

  /**
   * When and how often.
   *
   * @param max repetitions
   * @param statuses of answers that are worth a repetition
   * @param maxReplayBytes of a body that are kept for one
   */
  public record Policy(int max, Backoff backoff, Set<Integer> statuses, int maxReplayBytes) {}

  private final String upstream;
  private final Policy policy;
  private final BitSet isRepeated = new BitSet();
  private final RetryBudget budget;
  private final ReplayMemory memory;
  private final Scheduler clock;
  private final LongUnaryOperator random;
  private final Telemetry telemetry;

  /**
   * A step that repeats attempts at this upstream.
   *
   * @param random gives a number from 0 to below its argument
   */
  public RetryFilter(
      String upstream,
      Policy policy,
      RetryBudget budget,
      ReplayMemory memory,
      Scheduler clock,
      LongUnaryOperator random,
      Telemetry telemetry) {
    this.upstream = upstream;
    this.policy = policy;
    policy.statuses().forEach(isRepeated::set);
    this.budget = budget;
    this.memory = memory;
    this.clock = clock;
    this.random = random;
    this.telemetry = telemetry;
  }

  @Override
  public Mono<Response> filter(Request request, Handler next) {
    return Mono.defer(
        () -> {
          budget.countCall();
          boolean isKept = isSafeToRepeat(request) && request.body().held() == null;
          return isKept ? repeatKeepingBody(request, next) : repeat(request, next);
        });
  }

  private Mono<Response> repeat(Request request, Handler next) {
    return Retry.repeat(() -> next.handle(request), new Decision(request), clock);
  }

  private Mono<Response> repeatKeepingBody(Request request, Handler next) {
    ReplayBody body =
        new ReplayBody(
            request.body(),
            policy.maxReplayBytes(),
            memory,
            () -> telemetry.count(Event.REPLAY_TOO_LARGE, request.progress().route()),
            () -> telemetry.count(Event.REPLAY_MEMORY_FULL, upstream));
    return CallObserver.observe(
        repeat(request.withBody(body), next),
        new CallObserver<>() {
          @Override
          public void value(Response response) {
            body.stopKeeping();
            response.onEnd(ending -> body.discard());
          }

          @Override
          public void error(Throwable error) {
            body.discard();
          }

          @Override
          public void cancelled() {
            body.discard();
          }
        });
  }

  /** RFC 9110 §9.2.2; or the client says by a key that it takes care of repetitions itself. */
  private static boolean isSafeToRepeat(Request request) {
    return request.isIdempotent() || request.headers().contains(Fields.IDEMPOTENCY_KEY);
  }

  /** What to do after each attempt; a refusal to repeat is one line with its reason. */
  private final class Decision implements Retry.Policy<Response> {

    private final Request request;
    private int repetitions;

    Decision(Request request) {
      this.request = request;
    }

    @Override
    public long pauseAfter(Response response) {
      if (!isRepeated.get(response.status())) {
        return Retry.NO_MORE; // The answer is one to pass on.
      }
      return pause(isSafeToRepeat(request), retryAfterNanos(response));
    }

    @Override
    public long pauseAfter(Throwable error) {
      return switch (Failure.of(error)) {
        // Nobody has seen the request, so that it makes no difference what it asked. If some of its
        // body has left us all the same (RFC 9113 §8.7), that decides.
        case CONNECT_FAILED, CONNECT_TIMEOUT, UPSTREAM_TLS_FAILED, UPSTREAM_REFUSED ->
            pause(true, 0);
        case UPSTREAM_CLOSED, UPSTREAM_INVALID, ATTEMPT_TIMEOUT ->
            pause(isSafeToRepeat(request), 0);
        default -> Retry.NO_MORE; // It would end the same way, or the client is at fault.
      };
    }

    private long pause(boolean isSafe, long atLeastNanos) {
      if (!isSafe) {
        return Retry.NO_MORE; // It may have been carried out.
      }
      if (repetitions >= policy.max()) {
        return Retry.NO_MORE; // It was tried often enough.
      }
      if (!request.body().isRepeatable()) {
        return Retry.NO_MORE; // The beginning of the body is gone.
      }
      if (request.body().length() > policy.maxReplayBytes()) {
        telemetry.count(Event.REPLAY_TOO_LARGE, request.progress().route());
        return Retry.NO_MORE; // It is more than a repetition may send again.
      }
      long backoff = policy.backoff().nanos(repetitions + 1, random);
      long pause = Math.max(backoff, atLeastNanos);
      if (pause >= request.deadline().remainingNanos(clock)) {
        return Retry.NO_MORE; // The deadline would pass first.
      }
      if (!budget.tryRepeat()) {
        telemetry.count(Event.RETRY_BUDGET_EXHAUSTED, upstream);
        return Retry.NO_MORE; // Repetitions have become a load of their own.
      }
      repetitions++;
      request.progress().enter(Phase.BACKOFF);
      telemetry.count(Event.RETRIED, upstream);
      return pause;
    }

    /** The upstream's own wish, in seconds (RFC 9110 §10.2.3); a date is not worth a repetition. */
    private static long retryAfterNanos(Response response) {
      String value = response.headers().get(HttpHeaderNames.RETRY_AFTER);
      if (value == null) {
        return 0;
      }
      boolean isSeconds =
          !value.isEmpty() && value.length() <= 9 && value.chars().allMatch(Character::isDigit);
      return isSeconds ? TimeUnit.SECONDS.toNanos(Long.parseLong(value)) : Long.MAX_VALUE;
    }
  }
}
