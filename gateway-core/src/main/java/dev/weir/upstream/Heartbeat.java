package dev.weir.upstream;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * Finds out whether an endpoint is still there that has been sent a request and says nothing at
 * all: it is sent a PING, and if not even that is answered, the connection is dead. Confined to the
 * connection's event loop.
 *
 * <p>No more than two PINGs go out before HEADERS or DATA have come: servers of gRPC end a
 * connection at the third.
 */
final class Heartbeat {

  private static final int MAX_PINGS = 2;

  private final long pingAfterNanos;
  private final long timeoutNanos;
  private final Scheduler clock;
  private final Http2EndpointConnection connection;
  private @Nullable Disposable timer;
  private boolean isUnanswered;
  private long unansweredSinceNanos;
  private boolean isPinged;
  private long pingedAtNanos;
  private int pings;
  private boolean isStopped;

  Heartbeat(Http2Policy policy, Scheduler clock, Http2EndpointConnection connection) {
    this.pingAfterNanos = policy.pingAfter().toNanos();
    this.timeoutNanos = policy.pingTimeout().toNanos();
    this.clock = clock;
    this.connection = connection;
  }

  private long now() {
    return clock.now(TimeUnit.NANOSECONDS);
  }

  /** A request has gone out. */
  void sent() {
    if (!isUnanswered) {
      isUnanswered = true;
      unansweredSinceNanos = now();
    }
    watch(pingAfterNanos);
  }

  /** Bytes have come, whatever they say. */
  void received() {
    isUnanswered = false;
    if (isPinged) {
      isPinged = false;
      cancelTimer();
    }
  }

  /** HEADERS or DATA have come. */
  void heard() {
    pings = 0;
  }

  boolean isSilentFor(long nanos) {
    return isUnanswered && now() - unansweredSinceNanos >= nanos;
  }

  void stop() {
    isStopped = true;
    cancelTimer();
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.dispose();
      timer = null;
    }
  }

  /** One timer looks now and then, rather than one for each request. */
  private void watch(long nanos) {
    if (timer == null && !isStopped) {
      timer = clock.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void look() {
    timer = null;
    if (isPinged) {
      long left = timeoutNanos - (now() - pingedAtNanos);
      if (left > 0) {
        watch(left);
      } else {
        connection.isDead(
            "no answer to PING within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms");
      }
    } else if (isUnanswered && !connection.isIdle()) {
      lookForSilence();
    }
  }

  private void lookForSilence() {
    long left = pingAfterNanos - (now() - unansweredSinceNanos);
    if (left > 0) {
      watch(left);
    } else if (pings < MAX_PINGS) {
      pings++;
      isPinged = true;
      pingedAtNanos = now();
      connection.ping();
      watch(timeoutNanos);
    }
  }
}
