package dev.weir.app.server;

import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * What a connection is doing, and for how long it may. One timer serves all of that; a request
 * costs it two notes of the time. Confined to the connection's event loop.
 */
final class ConnectionWatch {

  private static final long LAST_CALL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long MIN_WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** Is told that the time is up for what the connection does. */
  interface Watched {
    void idleForTooLong();

    void headIsLate();

    void takesNothing();

    /** Whether a request's body is wanted from the client, and has begun to come. */
    boolean isBodyWanted();

    void bodyIsTooSlow();

    void finishClosing();

    /** The connection was asked to close when it has no request, and has had none for a moment. */
    void lastCallIsOver();
  }

  private enum State {
    IDLE,
    READING_HEAD,
    IN_EXCHANGE,
    LINGERING,
    CLOSED
  }

  private final long idleNanos;
  private final long headerNanos;
  private final long stallNanos;
  private final Scheduler clock;
  private final Watched watched;
  private final WriteProgress writes;
  private final BodyRate body;

  private State state = State.IDLE;
  private long sinceNanos;
  private boolean isClosing;
  private boolean isReceiving;
  private @Nullable Channel channel;
  private @Nullable Disposable timer;
  private long timerAtNanos;

  ConnectionWatch(ListenerPolicy policy, Scheduler clock, Watched watched) {
    this.idleNanos = policy.idle().toNanos();
    this.headerNanos = policy.headerTimeout().toNanos();
    this.stallNanos = policy.writeStall().toNanos();
    this.clock = clock;
    this.watched = watched;
    this.writes = new WriteProgress(stallNanos);
    this.body = new BodyRate(policy.minBodyRate());
  }

  // What the connection does

  void opened(Channel connection) {
    channel = connection;
    enter(State.IDLE);
    watch(Math.min(idleNanos, stallNanos / 2));
  }

  void received(int bytes) {
    body.received(bytes);
    if (state == State.IDLE) {
      enter(State.READING_HEAD);
    }
  }

  /**
   * What came in one go has been handled.
   *
   * @param isReceivingBody whether that was not the whole of a request
   */
  void readComplete(boolean isReceivingBody) {
    if (state == State.READING_HEAD) {
      watch(headerNanos);
    } else if (isReceivingBody && !isReceiving) {
      body.begin(now());
      watch(BodyRate.WINDOW_NANOS);
    }
    isReceiving = isReceivingBody;
  }

  void exchangeBegins() {
    state = State.IN_EXCHANGE;
  }

  /** The last request that was open is over. */
  void exchangesEnd() {
    if (state == State.IN_EXCHANGE) {
      enter(State.IDLE);
      if (isClosing) {
        watch(LAST_CALL_NANOS);
      }
    }
  }

  /** It is to be closed once it has had no request for a moment. */
  void lastCall() {
    isClosing = true;
    if (state == State.IDLE) {
      enter(State.IDLE);
      watch(LAST_CALL_NANOS);
    }
  }

  void lingers() {
    enter(State.LINGERING);
    watch(LingeringClose.NANOS);
  }

  void closed() {
    state = State.CLOSED;
    stop();
  }

  boolean isInExchange() {
    return state == State.IN_EXCHANGE;
  }

  boolean isLingering() {
    return state == State.LINGERING;
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  private void enter(State next) {
    state = next;
    sinceNanos = now();
  }

  private long now() {
    return clock.now(TimeUnit.NANOSECONDS);
  }

  // The timer

  /** Looks again at the latest after so long. */
  private void watch(long nanos) {
    long at = now() + Math.max(nanos, MIN_WATCH_NANOS);
    if (timer != null && !timer.isDisposed() && timerAtNanos <= at) {
      return;
    }
    stop();
    timerAtNanos = at;
    timer = clock.schedule(this::look, at - now(), TimeUnit.NANOSECONDS);
  }

  void stop() {
    if (timer != null) {
      timer.dispose();
      timer = null;
    }
  }

  private void look() {
    timer = null;
    Channel connection = channel;
    if (connection == null || !connection.isActive()) {
      return;
    }
    long elapsed = now() - sinceNanos;
    switch (state) {
      case IDLE -> lookAtIdle(elapsed);
      case READING_HEAD -> lookAtHead(elapsed);
      case IN_EXCHANGE -> lookAtExchange(connection);
      case LINGERING -> watched.finishClosing();
      case CLOSED -> {}
    }
  }

  private void lookAtIdle(long elapsed) {
    if (isClosing && elapsed >= LAST_CALL_NANOS) {
      watched.lastCallIsOver();
    } else if (isClosing) {
      watch(LAST_CALL_NANOS - elapsed);
    } else if (elapsed >= idleNanos) {
      watched.idleForTooLong();
    } else {
      watch(Math.min(idleNanos - elapsed, stallNanos / 2));
    }
  }

  private void lookAtHead(long elapsed) {
    if (elapsed < headerNanos) {
      watch(headerNanos - elapsed);
    } else {
      watched.headIsLate();
      watch(stallNanos);
    }
  }

  private void lookAtExchange(Channel connection) {
    if (writes.isStalled(connection, now())) {
      watched.takesNothing();
      return;
    }
    if (isReceiving && body.isTooLow(now(), watched.isBodyWanted())) {
      isReceiving = false;
      watched.bodyIsTooSlow();
    }
    watch(isReceiving ? Math.min(BodyRate.WINDOW_NANOS, stallNanos / 4) : stallNanos / 4);
  }
}
