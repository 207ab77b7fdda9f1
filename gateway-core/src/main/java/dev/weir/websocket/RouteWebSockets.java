package dev.weir.websocket;

import dev.weir.http.Failure;
import dev.weir.http.Party;
import dev.weir.http.Progress;
import dev.weir.http.Tunnel;
import dev.weir.telemetry.Telemetry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import reactor.core.scheduler.Scheduler;

/** The WebSockets of one route: what they may do, and how many there are. */
public final class RouteWebSockets {

  private final String route;
  private final WebSocketPolicy policy;
  private final OpenWebSockets all;
  private final Scheduler clock;
  private final Telemetry telemetry;
  private final Consumer<RouteWebSockets> onFirst;
  private final AtomicBoolean hasBegun = new AtomicBoolean();
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder fromClients = new LongAdder();
  private final LongAdder fromUpstreams = new LongAdder();

  /**
   * None so far.
   *
   * @param route the id, for people and labels
   * @param all those of all routes
   * @param onFirst is told when the first is asked for, so that routes without any have no gauges
   */
  public RouteWebSockets(
      String route,
      WebSocketPolicy policy,
      OpenWebSockets all,
      Scheduler clock,
      Telemetry telemetry,
      Consumer<RouteWebSockets> onFirst) {
    this.route = route;
    this.policy = policy;
    this.all = all;
    this.clock = clock;
    this.telemetry = telemetry;
    this.onFirst = onFirst;
  }

  public String route() {
    return route;
  }

  public WebSocketPolicy policy() {
    return policy;
  }

  /**
   * Takes a place among those that may be open, which has to be {@link #leave left}.
   *
   * @throws dev.weir.http.FailureException {@link Failure#WEBSOCKETS_FULL}
   */
  public void enter() {
    if (hasBegun.compareAndSet(false, true)) {
      onFirst.accept(this);
    }
    if (open.incrementAndGet() > policy.maxOpen()) {
      open.decrementAndGet();
      throw Failure.WEBSOCKETS_FULL
          .exception("route " + route + ": " + policy.maxOpen() + " are open")
          .retryAfter(Duration.ofSeconds(1));
    }
  }

  /** Gives the place back. */
  public void leave() {
    open.decrementAndGet();
  }

  /**
   * The same tunnel, its frames judged and its end in order.
   *
   * @param isDeflated whether the sides have agreed on permessage-deflate
   * @param progress is told how many bytes pass, and the close code
   */
  public Tunnel judged(Tunnel tunnel, boolean isDeflated, Progress progress) {
    return new OpenWebSocket(tunnel, this, isDeflated, clock, progress);
  }

  OpenWebSockets all() {
    return all;
  }

  void countMessages(boolean areFromClient, int messages) {
    (areFromClient ? fromClients : fromUpstreams).add(messages);
  }

  void countClose(Party by, CloseClass kind) {
    telemetry.webSocketClosed(route, by, kind.code());
  }

  void countViolation(Party by, Violation violation) {
    telemetry.webSocketViolated(route, by, violation.code());
  }

  /** Open ones, with those that are being opened. */
  public int open() {
    return open.get();
  }

  public long messagesFromClients() {
    return fromClients.sum();
  }

  public long messagesFromUpstreams() {
    return fromUpstreams.sum();
  }
}
