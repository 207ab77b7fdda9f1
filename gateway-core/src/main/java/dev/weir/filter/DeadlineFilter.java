package dev.weir.filter;

import dev.weir.http.Body;
import dev.weir.http.Deadline;
import dev.weir.http.Failure;
import dev.weir.http.Filter;
import dev.weir.http.Handler;
import dev.weir.http.Request;
import dev.weir.http.RequestTimeout;
import dev.weir.http.Response;
import dev.weir.http.Timeouts;
import dev.weir.resilience.StreamTimeLimit;
import dev.weir.resilience.TimeLimit;
import dev.weir.telemetry.Event;
import dev.weir.telemetry.Telemetry;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Gives the request its deadline, and enforces it: until the answer's head is here, on everything
 * below; then on the answer's body.
 *
 * <p>A client may want less time than the route allows ({@link RequestTimeout}); then that is the
 * end of the body, too. Otherwise a body may stream on, up to the exchange's own limit, as long as
 * it does not stand still.
 */
public final class DeadlineFilter implements Filter {

  /**
   * How much later than the deadline this step acts. Steps below end by themselves at the deadline,
   * and know better what it was that took the time.
   */
  private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final String route;
  private final long requestNanos;
  private final long idleNanos;
  private final long exchangeNanos;
  private final Scheduler clock;
  private final Telemetry telemetry;

  public DeadlineFilter(String route, Timeouts timeouts, Scheduler clock, Telemetry telemetry) {
    this.route = route;
    this.requestNanos = timeouts.request().toNanos();
    this.idleNanos = timeouts.idle().toNanos();
    this.exchangeNanos = timeouts.exchange().toNanos();
    this.clock = clock;
    this.telemetry = telemetry;
  }

  @Override
  public Mono<Response> filter(Request request, Handler next) {
    long wanted = RequestTimeout.nanos(request.headers());
    if (wanted > requestNanos) {
      telemetry.count(Event.TIMEOUT_CLAMPED, route);
    }
    boolean isClients = wanted >= 0 && wanted <= requestNanos;
    long start = request.progress().startNanos();
    Deadline deadline = new Deadline(start + (isClients ? wanted : requestNanos));
    long bodyUntil = isClients ? deadline.atNanos() : start + exchangeNanos;
    Request limited = request.withDeadline(deadline).withBody(limitUpload(request.body()));
    return TimeLimit.limit(
        next.handle(limited),
        deadline.remainingNanos(clock) + GRACE_NANOS,
        clock,
        Failure.DEADLINE_EXCEEDED::exception,
        response -> limitDelivery(response, bodyUntil));
  }

  private Body limitUpload(Body body) {
    return body.onStream(
        stream ->
            StreamTimeLimit.limit(
                stream,
                idleNanos,
                StreamTimeLimit.FOREVER,
                clock,
                Failure.CLIENT_STALLED::exception,
                Failure.DEADLINE_EXCEEDED::exception,
                ReferenceCountUtil::release));
  }

  private Response limitDelivery(Response response, long untilNanos) {
    if (response.body().held() != null) {
      return response;
    }
    return response.withBody(
        response
            .body()
            .onStream(
                stream ->
                    StreamTimeLimit.<ByteBuf>limit(
                        stream,
                        idleNanos,
                        untilNanos,
                        clock,
                        Failure.UPSTREAM_STALLED::exception,
                        Failure.DEADLINE_EXCEEDED::exception,
                        ReferenceCountUtil::release)));
  }
}
