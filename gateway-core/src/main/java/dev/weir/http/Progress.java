package dev.weir.http;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a request has come: written by the steps that it passes, read by the outermost one when
 * it ends. Belongs to the event loop of the exchange.
 */
public final class Progress {

  /** The route of a request that matched none. */
  public static final String NO_ROUTE = "-";

  private final long startNanos;
  private Phase phase = Phase.REQUEST;
  private String route = NO_ROUTE;
  private @Nullable String upstream;
  private List<String> tried = List.of();
  private long requestBytes;
  private long responseBytes;
  private long headNanos = -1;
  private @Nullable Failure failure;
  private @Nullable String failureDetail;
  private int closeCode;

  /**
   * Of a request that has just come in.
   *
   * @param startNanos when the request's head had been read, on the clock of the exchange
   */
  public Progress(long startNanos) {
    this.startNanos = startNanos;
  }

  public void enter(Phase next) {
    phase = next;
  }

  /** Names the route; its id comes from the configuration, so that it may serve as a label. */
  public void matched(String routeId) {
    route = routeId;
  }

  public void sentTo(String upstreamName) {
    upstream = upstreamName;
  }

  /** Begins an attempt at an endpoint, named as in the configuration. */
  public void attempt(String endpoint) {
    if (tried.isEmpty()) {
      tried = new ArrayList<>(2);
    }
    tried.add(endpoint);
  }

  public boolean hasTried(String endpoint) {
    return tried.contains(endpoint);
  }

  public void received(int bytes) {
    requestBytes += bytes;
  }

  public void delivered(int bytes) {
    responseBytes += bytes;
  }

  /** The answer's head is known. A refusal of ours leaves the phase in which it came about. */
  public void answered(long nowNanos) {
    headNanos = nowNanos - startNanos;
    if (failure == null) {
      phase = Phase.BODY;
    }
  }

  /** The gateway answers by itself, for this reason. */
  public void fail(Failure reason, @Nullable String detail) {
    failure = reason;
    failureDetail = detail;
  }

  /** The WebSocket that was the answer has been closed, with this code (RFC 6455 §7.1.5). */
  public void closed(int code) {
    closeCode = code;
  }

  /** Of a WebSocket's end; 0 if there was none, or none yet. */
  public int closeCode() {
    return closeCode;
  }

  public @Nullable Failure failure() {
    return failure;
  }

  public @Nullable String failureDetail() {
    return failureDetail;
  }

  public long startNanos() {
    return startNanos;
  }

  public Phase phase() {
    return phase;
  }

  public String route() {
    return route;
  }

  /** Null as long as no upstream was chosen. */
  public @Nullable String upstream() {
    return upstream;
  }

  public int attempts() {
    return tried.size();
  }

  /** The endpoint of the latest attempt; null before the first. */
  public @Nullable String endpoint() {
    return tried.isEmpty() ? null : tried.get(tried.size() - 1);
  }

  public long requestBytes() {
    return requestBytes;
  }

  public long responseBytes() {
    return responseBytes;
  }

  /** From the start until the answer's head was known; -1 if it never was. */
  public long headNanos() {
    return headNanos;
  }
}
