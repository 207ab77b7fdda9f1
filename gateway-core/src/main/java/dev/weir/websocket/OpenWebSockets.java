package dev.weir.websocket;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongUnaryOperator;

/** All WebSockets of the gateway that are open, for the end of the process. */
public final class OpenWebSockets {

  private final Set<OpenWebSocket> open = ConcurrentHashMap.newKeySet();
  private final LongUnaryOperator random;

  /**
   * None so far.
   *
   * @param random gives a number from 0 to below its argument
   */
  public OpenWebSockets(LongUnaryOperator random) {
    this.random = random;
  }

  void add(OpenWebSocket opened) {
    open.add(opened);
  }

  void remove(OpenWebSocket ended) {
    open.remove(ended);
  }

  public int open() {
    return open.size();
  }

  /**
   * Tells each that the gateway is going away, at a random moment within {@code spread}: so that
   * clients do not all come back to the others at once. Does not wait.
   *
   * @param code what they are told: 1001, or 1012 for "come back" (RFC 6455 §7.4.1, IANA)
   */
  public void goAway(int code, Duration spread) {
    long bound = Math.max(1, spread.toNanos());
    open.forEach(webSocket -> webSocket.goAwayWithin(code, random.applyAsLong(bound)));
  }
}
