package dev.weir.telemetry;

import dev.weir.http.Failure;
import dev.weir.http.Outcome;
import dev.weir.http.Party;
import org.jspecify.annotations.Nullable;

/**
 * Is told what happened. Names that are passed here come from the configuration, so that each may
 * become a label.
 *
 * <p>Called on event loops: an adapter neither waits nor throws.
 */
public interface Telemetry {

  /** A request is over; told exactly once for each. */
  void requestEnded(Outcome outcome);

  /**
   * An attempt at an endpoint gave a response's head, or failed.
   *
   * @param status of the response; 0 if there was none
   * @param failure why there was none; null if the attempt was cancelled
   */
  void attemptEnded(String upstream, int status, @Nullable Failure failure, long nanos);

  /** A circuit breaker changed its state. */
  void breakerChanged(String upstream, String from, String to, String why);

  /** A rate limit was asked, and said this. */
  void rateLimitAsked(String limit, LimitResult result);

  /**
   * A WebSocket has ended.
   *
   * @param how the class of its close code
   */
  void webSocketClosed(String route, Party by, String how);

  /** A WebSocket is being closed, for what this side has sent. */
  void webSocketViolated(String route, Party by, String rule);

  /** Something was dropped, refused, degraded or guessed that no outcome tells of. */
  void count(Event event, String name);

  /** Says nothing to anybody. */
  static Telemetry silent() {
    return new Telemetry() {
      @Override
      public void requestEnded(Outcome outcome) {}

      @Override
      public void attemptEnded(
          String upstream, int status, @Nullable Failure failure, long nanos) {}

      @Override
      public void breakerChanged(String upstream, String from, String to, String why) {}

      @Override
      public void rateLimitAsked(String limit, LimitResult result) {}

      @Override
      public void webSocketClosed(String route, Party by, String how) {}

      @Override
      public void webSocketViolated(String route, Party by, String rule) {}

      @Override
      public void count(Event event, String name) {}
    };
  }
}
