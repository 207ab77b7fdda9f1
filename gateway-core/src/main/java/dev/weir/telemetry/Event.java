package dev.weir.telemetry;

import java.util.Locale;

/** What is worth a counter and is not the end of a request; each has a name to go with it. */
public enum Event {
  /** A request was repeated. Name: the upstream. */
  RETRIED,
  /** A request would have been repeated, had the budget of its upstream allowed. */
  RETRY_BUDGET_EXHAUSTED,
  /** A request's body was not kept for a repetition: too large for its route. Name: the route. */
  REPLAY_TOO_LARGE,
  /** A request's body was not kept for a repetition: all memory for that is in use. */
  REPLAY_MEMORY_FULL,
  /** A client asked for more time than its route allows, and was given that. Name: the route. */
  TIMEOUT_CLAMPED,
  /** A client's trace was malformed or too long, and a new one begun. Name: the field. */
  TRACE_DROPPED,
  /** A trailer section was dropped: the other side could not take it. Name: the route. */
  TRAILERS_DROPPED,
  /** A response came for a request that was over. Name: where it was found. */
  RESPONSE_DROPPED,
  /** An upstream sent more than was asked for; its connection was closed. Name: the upstream. */
  UPSTREAM_POISONED,
  /** A stream of HTTP/2 was reset by us. Name: the code of RFC 9113 §7, or write_stalled. */
  STREAM_RESET,
  /** No more connections were accepted for a while. Name: full, or failed. */
  ACCEPT_PAUSED,
  /** Files of certificates or keys had changed, and are in use. Name: the listener or upstream. */
  CERTIFICATES_RENEWED,
  /** Files of certificates or keys had changed and could not be used; the old ones still are. */
  CERTIFICATES_REFUSED,
  /** An upstream's answer before the answer was swallowed: too many of them. */
  INFORMATIONAL_DROPPED,
  /** A key shared the tokens of others, as there is no room for more. Name: the rate limit. */
  RATE_LIMIT_KEYS_FULL,
  /** An event loop came to its own tick later than {@code loop-stall}. Name: the loop's thread. */
  LOOP_STALLED;

  private final String code = name().toLowerCase(Locale.ROOT);

  public String code() {
    return code;
  }
}
