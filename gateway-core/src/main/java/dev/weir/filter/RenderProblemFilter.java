package dev.weir.filter;

import dev.weir.http.Body;
import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Fields;
import dev.weir.http.Filter;
import dev.weir.http.Grpc;
import dev.weir.http.Handler;
import dev.weir.http.Party;
import dev.weir.http.ProblemDocument;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.resilience.Recovery;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The only place where an error becomes a status: a problem document (RFC 9457), or for a call of
 * gRPC a status of that.
 */
public final class RenderProblemFilter implements Filter {

  private static final Logger LOG = LoggerFactory.getLogger(RenderProblemFilter.class);

  @Override
  public Mono<Response> filter(Request request, Handler next) {
    return Recovery.recover(() -> next.handle(request), error -> render(request, error));
  }

  private static Response render(Request request, Throwable error) {
    Failure failure = Failure.of(error);
    if (!(error instanceof FailureException)) {
      LOG.error("request={} failed unforeseen", request.identity().requestId(), error);
    }
    FailureException known = error instanceof FailureException e ? e : failure.exception();
    request.progress().fail(failure, known.detail());
    HttpHeaders headers = Fields.create();
    headers.set(HttpHeaderNames.CONTENT_TYPE, ProblemDocument.MEDIA_TYPE);
    headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    known.fields().forEach(headers::set);
    Duration retryAfter = known.retryAfter();
    if (retryAfter != null) {
      headers.set(HttpHeaderNames.RETRY_AFTER, wholeSeconds(retryAfter));
    }
    if (Grpc.isCall(request.headers())) {
      Grpc.putStatus(headers, failure, detailForClient(known));
      return Response.of(200, headers, Body.empty());
    }
    byte[] document = ProblemDocument.render(request, failure, detailForClient(known));
    return Response.of(failure.status(), headers, Body.held(document));
  }

  private static long wholeSeconds(Duration wait) {
    return Math.max(1, (wait.toMillis() + 999) / 1000);
  }

  /** What concerns the upstream (addresses, its own words) is for the log, not for strangers. */
  private static @Nullable String detailForClient(FailureException failure) {
    return failure.failure().party() == Party.UPSTREAM ? null : failure.detail();
  }
}
