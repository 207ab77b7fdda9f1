package dev.weir.http;

import java.util.Locale;

/** How far a request had come when it ended. */
public enum Phase {
  /** Its head was read and judged, and it was routed. */
  REQUEST,
  /** A rate limit was being asked. */
  LIMIT,
  /** It waited for a permit of a concurrency limit. */
  QUEUE,
  /** It waited between two attempts. */
  BACKOFF,
  /** A connection to an endpoint was being leased or opened. */
  CONNECT,
  /** The request was being sent, and the head of the answer awaited. */
  HEAD,
  /** The answer's head was known; its body was being delivered. */
  BODY;

  private final String code = name().toLowerCase(Locale.ROOT);

  /** Its name in logs and metrics. */
  public String code() {
    return code;
  }
}
