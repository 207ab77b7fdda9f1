package dev.weir.upstream;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * The connections from one event loop to one endpoint. Confined to that loop, so that a lease needs
 * no lock and an exchange no change of thread; what all loops together may open is counted by
 * {@link Http1Endpoint}.
 *
 * <p>The connection that was used last is used next: so the others can grow old, and be closed. A
 * call that finds none waits in line, first come, first served, for the first that is opened or
 * given back.
 */
final class Http1Pool {

  private final Http1Endpoint endpoint;
  private final EventLoop loop;
  private final ArrayDeque<Http1Connection> idle = new ArrayDeque<>();
  private final ArrayDeque<Http1Call> waiting = new ArrayDeque<>();
  private int opening;
  private int leased;
  private boolean isClosed;
  private @Nullable Disposable eviction;

  /** For those who look from other threads. */
  private volatile int idleSeen;

  private volatile int leasedSeen;
  private volatile int waitingSeen;

  /** Whether calls wait for a connection that may not be opened. */
  private volatile boolean isStarved;

  Http1Pool(Http1Endpoint endpoint, EventLoop loop) {
    this.endpoint = endpoint;
    this.loop = loop;
  }

  EventLoop loop() {
    return loop;
  }

  Scheduler clock() {
    return endpoint.clock();
  }

  int idle() {
    return idleSeen;
  }

  int leased() {
    return leasedSeen;
  }

  /** Calls that wait for a connection. */
  int waiting() {
    return waitingSeen;
  }

  boolean isStarved() {
    return isStarved;
  }

  private long now() {
    return clock().now(TimeUnit.NANOSECONDS);
  }

  /** A connection for this call, now or later; or a refusal. */
  void acquire(Http1Call call) {
    if (isClosed) {
      call.refused(Failure.CONNECT_FAILED.exception(endpoint + ": the connector is closed"));
      return;
    }
    Http1Connection connection = idle.pollFirst();
    if (connection != null) {
      idleSeen = idle.size();
      lease(connection, call);
    } else if (waiting.size() >= endpoint.maxConnections()) {
      call.refused(
          Failure.QUEUE_FULL.exception(
              endpoint + ": " + waiting.size() + " calls wait for a connection"));
    } else {
      waiting.add(call);
      waitingSeen = waiting.size();
      openForWaiting();
    }
  }

  private void lease(Http1Connection connection, Http1Call call) {
    leased++;
    leasedSeen = leased;
    connection.lease(call);
    call.connected(connection);
  }

  /** As many as there are calls that wait, within the endpoint's bound. */
  void openForWaiting() {
    while (opening < waiting.size() && !isClosed) {
      if (!endpoint.tryOpen()) {
        isStarved = true;
        endpoint.askForIdle(this);
        return;
      }
      opening++;
      endpoint.connect(this);
    }
    isStarved = false;
  }

  /** Connections to keep although nobody waits for them. */
  void openSpare() {
    while (!isClosed
        && idle.size() + opening + leased < endpoint.warmEach()
        && endpoint.tryOpen()) {
      opening++;
      endpoint.connect(this);
    }
  }

  /** A connection that was being opened is ready. */
  void opened(Http1Connection connection) {
    opening--;
    connection.opened();
    if (isClosed) {
      connection.close();
    } else {
      serve(connection);
    }
  }

  /** A connection could not be opened. */
  void notOpened(FailureException why) {
    opening--;
    endpoint.freed();
    Http1Call call = nextWaiting();
    if (call != null) {
      call.refused(why);
    }
    if (endpoint.warmEach() > 0) {
      watch();
    }
  }

  /** A call is over, and its connection can be used again. */
  void release(Http1Connection connection) {
    leased--;
    leasedSeen = leased;
    long now = now();
    boolean isOld = now - connection.openedAtNanos() >= endpoint.maxLifetimeNanos();
    connection.release(now);
    if (isClosed || isOld) {
      connection.close();
    } else {
      serve(connection);
    }
  }

  private void serve(Http1Connection connection) {
    Http1Call call = nextWaiting();
    if (call != null) {
      lease(connection, call);
      return;
    }
    idle.addFirst(connection);
    idleSeen = idle.size();
    if (endpoint.isWanted()) {
      closeOneIdle();
    } else {
      watch();
    }
  }

  private @Nullable Http1Call nextWaiting() {
    Http1Call call = waiting.pollFirst();
    while (call != null && call.isOver()) {
      call = waiting.pollFirst();
    }
    if (waitingSeen != waiting.size()) {
      waitingSeen = waiting.size();
    }
    isStarved &= !waiting.isEmpty();
    return call;
  }

  /** The connection speaks another protocol from now on, and counts among ours no more. */
  void switched(Http1Connection connection) {
    connection.leave();
    leased--;
    leasedSeen = leased;
    endpoint.freed();
  }

  /** Of a connection that is idle, or leased. */
  void closed(Http1Connection connection) {
    if (connection.isLeased()) {
      leased--;
      leasedSeen = leased;
    } else if (idle.remove(connection)) {
      idleSeen = idle.size();
    }
    endpoint.freed();
    if (endpoint.warmEach() > 0) {
      watch();
    }
  }

  void poisoned() {
    endpoint.poisoned();
  }

  /** So that another loop can open one. */
  void closeOneIdle() {
    Http1Connection oldest = idle.peekLast();
    if (oldest != null) {
      oldest.close();
    }
  }

  private void watch() {
    if (eviction == null && !isClosed) {
      long nanos = endpoint.maxIdleNanos() / 2;
      eviction = clock().schedule(this::evict, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void evict() {
    eviction = null;
    long now = now();
    int spare = idle.size() + leased - endpoint.warmEach();
    Http1Connection oldest = idle.peekLast();
    while (oldest != null
        && spare > 0
        && now - oldest.idleSinceNanos() >= endpoint.maxIdleNanos()) {
      oldest.close();
      spare--;
      oldest = idle.peekLast();
    }
    openSpare();
    if (!idle.isEmpty() || endpoint.warmEach() > 0) {
      watch();
    }
  }

  /** Closes the idle connections now, and the others as they come back. */
  void close() {
    isClosed = true;
    if (eviction != null) {
      eviction.dispose();
      eviction = null;
    }
    Http1Call call = nextWaiting();
    while (call != null) {
      call.refused(Failure.CONNECT_FAILED.exception(endpoint + ": the connector is closed"));
      call = nextWaiting();
    }
    while (!idle.isEmpty()) {
      idle.peekFirst().close();
    }
  }
}
