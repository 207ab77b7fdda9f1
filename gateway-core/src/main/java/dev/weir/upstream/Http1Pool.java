package dev.weir.upstream;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The connections of HTTP/1.1 from one event loop to one endpoint; what all loops together may open
 * is counted by {@link Http1Endpoint}.
 *
 * <p>The connection that was used last is used next: so the others can grow old, and be closed. A
 * call that finds none waits in line, first come, first served, for the first that is opened or
 * given back.
 */
final class Http1Pool extends LoopPool {

  private final Http1Endpoint endpoint;
  private final ArrayDeque<Http1Connection> idle = new ArrayDeque<>();
  private final ArrayDeque<Http1Call> waiting = new ArrayDeque<>();
  private int opening;
  private int leased;

  /** For those who look from other threads. */
  private volatile int idleSeen;

  private volatile int leasedSeen;
  private volatile int waitingSeen;

  /** Whether calls wait for a connection that may not be opened. */
  private volatile boolean isStarved;

  Http1Pool(Http1Endpoint endpoint, Shared shared, EventLoop loop) {
    super(shared, loop);
    this.endpoint = endpoint;
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

  /** A connection for this call, now or later; or a refusal. */
  void acquire(Http1Call call) {
    if (isClosed()) {
      call.refused(closedFailure());
      return;
    }
    Http1Connection connection = idle.pollFirst();
    if (connection != null) {
      idleSeen = idle.size();
      lease(connection, call);
    } else if (waiting.size() >= policy().maxConnections()) {
      call.refused(
          Failure.QUEUE_FULL.exception(
              endpoint() + ": " + waiting.size() + " calls wait for a connection"));
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
    while (opening < waiting.size() && !isClosed()) {
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

  @Override
  void openSpare() {
    while (!isClosed() && idle.size() + opening + leased < warmEach() && endpoint.tryOpen()) {
      opening++;
      endpoint.connect(this);
    }
  }

  /** A connection that was being opened is ready. */
  void opened(Http1Connection connection) {
    opening--;
    connection.opened();
    if (isClosed()) {
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
    lostOne();
  }

  /** A call is over, and its connection can be used again. */
  void release(Http1Connection connection) {
    leased--;
    leasedSeen = leased;
    long now = now();
    boolean isOld = now - connection.openedAtNanos() >= policy().maxLifetime().toNanos();
    connection.release(now);
    if (isClosed() || isOld) {
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
    lostOne();
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

  @Override
  void closeIdle(long nowNanos) {
    int spare = idle.size() + leased - warmEach();
    Http1Connection oldest = idle.peekLast();
    while (oldest != null && spare > 0 && isIdleForTooLong(oldest.idleSinceNanos(), nowNanos)) {
      oldest.close();
      spare--;
      oldest = idle.peekLast();
    }
  }

  @Override
  boolean hasAnyToClose() {
    return !idle.isEmpty();
  }

  @Override
  void closeAll() {
    Http1Call call = nextWaiting();
    while (call != null) {
      call.refused(closedFailure());
      call = nextWaiting();
    }
    while (!idle.isEmpty()) {
      idle.peekFirst().close();
    }
  }
}
