package dev.weir.filter;

import dev.weir.http.Ending;
import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Filter;
import dev.weir.http.Handler;
import dev.weir.http.Outcome;
import dev.weir.http.Party;
import dev.weir.http.Progress;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.resilience.CallObserver;
import dev.weir.telemetry.Telemetry;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Tells how each request ended, exactly once. */
public final class RecordOutcomeFilter implements Filter {

  private final Telemetry telemetry;
  private final Scheduler clock;
  private final InstantSource wallClock;

  public RecordOutcomeFilter(Telemetry telemetry, Scheduler clock, InstantSource wallClock) {
    this.telemetry = telemetry;
    this.clock = clock;
    this.wallClock = wallClock;
  }

  @Override
  public Mono<Response> filter(Request request, Handler next) {
    return CallObserver.observe(
        next.handle(request),
        new CallObserver<>() {
          @Override
          public void value(Response response) {
            request.progress().answered(clock.now(TimeUnit.NANOSECONDS));
            response.onEnd(ending -> answered(request, response, ending));
          }

          @Override
          public void error(Throwable error) {
            tell(request, 0, Failure.INTERNAL.party(), Failure.INTERNAL, error.toString());
          }

          @Override
          public void cancelled() {
            tell(request, 0, Party.CLIENT, null, null);
          }
        });
  }

  private void answered(Request request, Response response, Ending ending) {
    switch (ending.kind()) {
      case COMPLETE -> complete(request, response);
      case CLIENT_LEFT -> left(request, response);
      case FAILED -> cut(request, response, ending.cause());
      case DISCARDED -> tell(request, response.status(), Party.GATEWAY, null, "discarded");
    }
  }

  /** Answered to the last byte: by the upstream's word, or by ours if there was a failure. */
  private void complete(Request request, Response response) {
    Failure refusal = request.progress().failure();
    Party party = refusal == null ? Party.NOBODY : refusal.party();
    tell(request, response.status(), party, refusal, request.progress().failureDetail());
  }

  /** Before the last byte; if it was a refusal, then that is still why. */
  private void left(Request request, Response response) {
    Progress progress = request.progress();
    tell(request, response.status(), Party.CLIENT, progress.failure(), progress.failureDetail());
  }

  private void cut(Request request, Response response, @Nullable Throwable cause) {
    Failure why = cause == null ? Failure.INTERNAL : Failure.of(cause);
    String detail = cause instanceof FailureException failure ? failure.detail() : "" + cause;
    tell(request, response.status(), why.party(), why, detail);
  }

  private void tell(
      Request request, int status, Party party, @Nullable Failure why, @Nullable String detail) {
    Progress progress = request.progress();
    telemetry.requestEnded(
        new Outcome(
            wallClock.millis(),
            request.identity(),
            request.client(),
            request.method().name(),
            request.target().path(),
            progress.route(),
            status,
            party,
            progress.phase(),
            why,
            detail,
            progress.upstream(),
            progress.endpoint(),
            progress.attempts(),
            progress.requestBytes(),
            progress.responseBytes(),
            progress.closeCode(),
            progress.headNanos(),
            clock.now(TimeUnit.NANOSECONDS) - progress.startNanos()));
  }
}
