package dev.weir.http;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.util.AsciiString;

/** Names of header fields that Netty has no constant for, and where new fields come from. */
public final class Fields {

  public static final AsciiString FORWARDED = AsciiString.cached("forwarded");
  public static final AsciiString IDEMPOTENCY_KEY = AsciiString.cached("idempotency-key");
  public static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
  public static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
  public static final AsciiString RATE_LIMIT = AsciiString.cached("ratelimit");
  public static final AsciiString RATE_LIMIT_POLICY = AsciiString.cached("ratelimit-policy");
  public static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");
  public static final AsciiString TRACESTATE = AsciiString.cached("tracestate");
  public static final AsciiString X_API_KEY = AsciiString.cached("x-api-key");
  public static final AsciiString X_FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
  public static final AsciiString X_FORWARDED_HOST = AsciiString.cached("x-forwarded-host");
  public static final AsciiString X_FORWARDED_PORT = AsciiString.cached("x-forwarded-port");
  public static final AsciiString X_FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");
  public static final AsciiString X_RATE_LIMIT_DEGRADED =
      AsciiString.cached("x-ratelimit-degraded");
  public static final AsciiString X_RATE_LIMIT_LIMIT = AsciiString.cached("x-ratelimit-limit");
  public static final AsciiString X_RATE_LIMIT_REMAINING =
      AsciiString.cached("x-ratelimit-remaining");
  public static final AsciiString X_RATE_LIMIT_RESET = AsciiString.cached("x-ratelimit-reset");
  public static final AsciiString X_REAL_IP = AsciiString.cached("x-real-ip");
  public static final AsciiString X_REQUEST_ID = AsciiString.cached("x-request-id");
  public static final AsciiString X_REQUEST_TIMEOUT = AsciiString.cached("x-request-timeout");

  /**
   * Without a check of each name and value: they were read by a decoder that checks, or are ours.
   */
  private static final HttpHeadersFactory CHECKED_ELSEWHERE =
      DefaultHttpHeadersFactory.headersFactory().withValidation(false);

  private Fields() {}

  /** New fields, for names and values that are known to be sound. */
  public static HttpHeaders create() {
    return CHECKED_ELSEWHERE.newHeaders();
  }
}
