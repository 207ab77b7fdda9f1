package dev.weir.filter;

import dev.weir.http.Failure;
import dev.weir.http.Filter;
import dev.weir.http.Handler;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.resilience.CallObserver;
import dev.weir.telemetry.Telemetry;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Tells of each attempt how it ended, and how long it took until the answer's head. */
public final class CountAttemptFilter implements Filter {

  private final String upstream;
  private final Scheduler clock;
  private final Telemetry telemetry;

  public CountAttemptFilter(String upstream, Scheduler clock, Telemetry telemetry) {
    this.upstream = upstream;
    this.clock = clock;
    this.telemetry = telemetry;
  }

  @Override
  public Mono<Response> filter(Request request, Handler next) {
    return Mono.defer(
        () -> {
          long start = clock.now(TimeUnit.NANOSECONDS);
          return CallObserver.observe(next.handle(request), new AttemptObserver(start));
        });
  }

  private final class AttemptObserver implements CallObserver<Response> {

    private final long startNanos;

    AttemptObserver(long startNanos) {
      this.startNanos = startNanos;
    }

    private long elapsedNanos() {
      return clock.now(TimeUnit.NANOSECONDS) - startNanos;
    }

    @Override
    public void value(Response response) {
      telemetry.attemptEnded(upstream, response.status(), null, elapsedNanos());
    }

    @Override
    public void error(Throwable error) {
      telemetry.attemptEnded(upstream, 0, Failure.of(error), elapsedNanos());
    }

    @Override
    public void cancelled() {
      telemetry.attemptEnded(upstream, 0, null, elapsedNanos());
    }
  }
}
