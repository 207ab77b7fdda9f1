package dev.weir.http;

import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Set;

/** Trailer sections on their way through (RFC 9110 §6.5). */
public final class Trailers {

  /**
   * What must not come behind the content: it frames or routes the message, says who asks, or how
   * the content is to be read, all of which has been decided by then (RFC 9110 §6.5.1).
   */
  private static final Set<String> ONLY_IN_THE_HEAD =
      Set.of(
          "authorization",
          "cache-control",
          "connection",
          "content-encoding",
          "content-length",
          "content-range",
          "content-type",
          "cookie",
          "expect",
          "forwarded",
          "host",
          "idempotency-key",
          "keep-alive",
          "proxy-authorization",
          "proxy-connection",
          "set-cookie",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "via",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-proto");

  private Trailers() {}

  /** Those fields that may go on. */
  public static HttpHeaders passedOn(HttpHeaders trailers) {
    if (trailers.isEmpty()) {
      return EmptyHttpHeaders.INSTANCE;
    }
    HttpHeaders passed = Fields.create();
    trailers
        .iteratorCharSequence()
        .forEachRemaining(
            field -> {
              String name = AsciiCase.lower(field.getKey().toString());
              if (!ONLY_IN_THE_HEAD.contains(name)) {
                passed.add(field.getKey(), field.getValue());
              }
            });
    return passed;
  }
}
