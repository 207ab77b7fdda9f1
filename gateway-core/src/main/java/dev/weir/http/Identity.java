package dev.weir.http;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The names under which a request is found again: its id, and its place in a distributed trace.
 *
 * @param requestId the client's {@code X-Request-Id}, if it is one to be repeated in logs and
 *     headers ({@code [A-Za-z0-9._-]{1,128}}), else a new one
 * @param trace what is sent on as {@code traceparent}
 * @param isTraceContinued whether the client's trace goes on; if not, its {@code tracestate} is
 *     dropped (W3C Trace Context §3.3)
 */
public record Identity(String requestId, TraceContext trace, boolean isTraceContinued) {

  private static final int MAX_ID_LENGTH = 128;

  public static Identity of(HttpHeaders headers) {
    TraceContext parent = soleTraceparent(headers);
    return new Identity(
        requestId(headers.get(Fields.X_REQUEST_ID)),
        parent == null ? TraceContext.start() : parent.child(),
        parent != null);
  }

  private static @Nullable TraceContext soleTraceparent(HttpHeaders headers) {
    String value = headers.get(Fields.TRACEPARENT);
    return value == null || headers.getAll(Fields.TRACEPARENT).size() > 1
        ? null
        : TraceContext.parse(value);
  }

  private static String requestId(@Nullable String given) {
    if (given != null && isFitToRepeat(given)) {
      return given;
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return TraceContext.hexadecimal(random.nextLong(), random.nextLong());
  }

  private static boolean isFitToRepeat(String id) {
    if (id.isEmpty() || id.length() > MAX_ID_LENGTH) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean isFit =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || c == '-'
              || c == '_'
              || c == '.';
      if (!isFit) {
        return false;
      }
    }
    return true;
  }
}
