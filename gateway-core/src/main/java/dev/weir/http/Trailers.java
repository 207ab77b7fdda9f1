package dev.weir.http;

import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Set;

/** Trailer sections on their way through (RFC 9110 §6.5). */
public final class Trailers {

  /**
   * What must not come behind the content: it frames or routes the message, says who asks, modifies
   * what is asked for, or how the content is to be read, all of which has been decided by then (RFC
   * 9110 §6.5.1); and what is believed of a gateway, by a server that takes trailers for headers.
   */
  private static final Set<String> ONLY_IN_THE_HEAD =
      Set.of(
          ("accept accept-charset accept-encoding accept-language age"
                  + " authorization cache-control connection content-disposition"
                  + " content-encoding content-length content-location content-range"
                  + " content-type cookie date expect expires forwarded from host"
                  + " idempotency-key if-match if-modified-since if-none-match if-range"
                  + " if-unmodified-since keep-alive location max-forwards origin pragma"
                  + " proxy-authenticate proxy-authorization proxy-connection range referer"
                  + " retry-after sec-websocket-accept sec-websocket-extensions"
                  + " sec-websocket-key sec-websocket-protocol sec-websocket-version"
                  + " set-cookie te traceparent tracestate trailer transfer-encoding upgrade"
                  + " user-agent vary via www-authenticate x-forwarded-for x-forwarded-host"
                  + " x-forwarded-port x-forwarded-prefix x-forwarded-proto"
                  + " x-forwarded-server x-forwarded-ssl x-host x-http-method"
                  + " x-http-method-override x-method-override x-original-host"
                  + " x-original-url x-real-ip x-request-id x-request-timeout x-rewrite-url")
              .split(" ", -1));

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
              String name = AsciiCase.lower(field.getKey().toString()).replace('_', '-');
              if (!ONLY_IN_THE_HEAD.contains(name)) {
                passed.add(field.getKey(), field.getValue());
              }
            });
    return passed;
  }
}
