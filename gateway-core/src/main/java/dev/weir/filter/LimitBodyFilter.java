package dev.weir.filter;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Filter;
import dev.weir.http.Handler;
import dev.weir.http.Request;
import dev.weir.http.Response;
import io.netty.buffer.ByteBuf;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Refuses a body that is too large: at once if it says so, else when it has grown too large. Counts
 * what comes.
 */
public final class LimitBodyFilter implements Filter {

  private final long maxBytes;

  public LimitBodyFilter(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public Mono<Response> filter(Request request, Handler next) {
    if (request.body().length() > maxBytes) {
      return Mono.error(() -> tooLarge(request.body().length() + " bytes"));
    }
    if (request.body().held() != null) {
      request.progress().received((int) request.body().length());
      return next.handle(request);
    }
    return next.handle(
        request.withBody(request.body().onStream(stream -> counted(request, stream))));
  }

  private Flux<ByteBuf> counted(Request request, Flux<ByteBuf> stream) {
    return stream.handle(
        (buffer, sink) -> {
          request.progress().received(buffer.readableBytes());
          if (request.progress().requestBytes() > maxBytes) {
            buffer.release();
            sink.error(tooLarge("more"));
          } else {
            sink.next(buffer);
          }
        });
  }

  private FailureException tooLarge(String size) {
    return Failure.BODY_TOO_LARGE.exception("body: " + size + " (expected: <= " + maxBytes + ")");
  }
}
