package dev.weir.filter;

import dev.weir.http.Failure;
import dev.weir.http.Filter;
import dev.weir.http.Handler;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.resilience.TimeLimit;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Ends an attempt that hangs, in its own time or with the deadline, whichever comes first. */
public final class AttemptTimeoutFilter implements Filter {

  private final long attemptNanos;
  private final Scheduler clock;

  public AttemptTimeoutFilter(Duration attempt, Scheduler clock) {
    this.attemptNanos = attempt.toNanos();
    this.clock = clock;
  }

  @Override
  public Mono<Response> filter(Request request, Handler next) {
    return Mono.defer(
        () -> {
          long remaining = request.deadline().remainingNanos(clock);
          Failure failure =
              remaining <= attemptNanos ? Failure.DEADLINE_EXCEEDED : Failure.ATTEMPT_TIMEOUT;
          return TimeLimit.limit(
              next.handle(request), Math.min(remaining, attemptNanos), clock, failure::exception);
        });
  }
}
