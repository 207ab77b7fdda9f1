package dev.weir.upstream;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * The connections of HTTP/2 from one event loop to one endpoint. Confined to that loop, so that a
 * stream needs no lock and an exchange no change of thread.
 *
 * <p>The connection that has been there longest is filled first: so the others can grow idle, and
 * be closed. A call that finds no room waits in line, first come, first served, for a stream that
 * ends or a connection that is opened.
 */
final class Http2Pool {

  private final Http2Endpoint endpoint;
  private final EventLoop loop;

  /** Those that take calls, or may again; one that is about to end is in here no more. */
  private final List<Http2EndpointConnection> open = new ArrayList<>();

  /** Those that take no more calls, until their last has ended. */
  private final List<Http2EndpointConnection> leaving = new ArrayList<>();

  private final ArrayDeque<Http2Call> line = new ArrayDeque<>();
  private int opening;
  private int calls;
  private boolean isClosed;
  private @Nullable Disposable eviction;

  /** For those who look from other threads. */
  private volatile int activeSeen;

  private volatile int idleSeen;
  private volatile int streamsSeen;
  private volatile int waitingSeen;

  Http2Pool(Http2Endpoint endpoint, EventLoop loop) {
    this.endpoint = endpoint;
    this.loop = loop;
  }

  EventLoop loop() {
    return loop;
  }

  Scheduler clock() {
    return endpoint.clock();
  }

  long now() {
    return clock().now(TimeUnit.NANOSECONDS);
  }

  ConnectionPolicy policy() {
    return endpoint.policy();
  }

  Http2Policy http2() {
    return endpoint.http2();
  }

  int active() {
    return activeSeen;
  }

  int idle() {
    return idleSeen;
  }

  int streams() {
    return streamsSeen;
  }

  int waiting() {
    return waitingSeen;
  }

  private void show() {
    int idle = 0;
    for (Http2EndpointConnection connection : open) {
      idle += connection.isIdle() ? 1 : 0;
    }
    idleSeen = idle;
    activeSeen = open.size() + leaving.size() - idle;
    streamsSeen = calls;
    waitingSeen = line.size();
  }

  // Calls

  /** A stream for this call, now or later; or a refusal. */
  void acquire(Http2Call call) {
    if (isClosed) {
      call.refused(closed());
      return;
    }
    Http2EndpointConnection connection = line.isEmpty() ? withRoom() : null;
    if (connection != null) {
      begin(connection, call);
    } else if (line.size() >= policy().maxConnections()) {
      call.refused(
          Failure.QUEUE_FULL.exception(endpoint + ": " + line.size() + " calls wait for a stream"));
    } else {
      line.add(call);
      openForLine();
    }
    show();
  }

  private FailureException closed() {
    return Failure.CONNECT_FAILED.exception(endpoint + ": the connector is closed");
  }

  /** It waits no longer. */
  void left(Http2Call call) {
    line.remove(call);
    show();
  }

  private @Nullable Http2EndpointConnection withRoom() {
    long now = now();
    for (int i = 0; i < open.size(); i++) {
      Http2EndpointConnection connection = open.get(i);
      if (connection.isOld(now)) {
        i--;
        leave(connection);
      } else if (connection.hasRoom()) {
        return connection;
      }
    }
    return null;
  }

  private void begin(Http2EndpointConnection connection, Http2Call call) {
    calls++;
    connection.take(call);
    call.connected(connection);
  }

  /** A call is over, or what a connection takes has changed. */
  void roomMade() {
    while (!line.isEmpty()) {
      Http2EndpointConnection connection = withRoom();
      if (connection == null) {
        openForLine();
        break;
      }
      begin(connection, line.remove());
    }
    show();
  }

  void callEnded(Http2EndpointConnection connection) {
    calls--;
    boolean isLeaving = isClosed || leaving.contains(connection);
    if (isLeaving && connection.isIdle()) {
      connection.close();
    } else if (connection.isIdle()) {
      watch();
    }
    roomMade();
  }

  // Connections

  /** As many as the calls need that wait, within the bound. */
  private void openForLine() {
    while (!isClosed
        && (long) opening * http2().maxStreams() < line.size()
        && open.size() + opening < http2().maxConnections()) {
      opening++;
      endpoint.connect(this);
    }
  }

  /** Connections to keep although nobody waits for them. */
  void openSpare() {
    while (!isClosed && open.size() + opening < endpoint.warmEach()) {
      opening++;
      endpoint.connect(this);
    }
  }

  /** A connection that was being opened is ready. */
  void opened(Http2EndpointConnection connection) {
    opening--;
    if (isClosed) {
      connection.close();
      return;
    }
    open.add(connection);
    connection.opened();
    roomMade();
    watch();
  }

  /** A connection could not be opened; who has no other to wait for is told. */
  void notOpened(FailureException why) {
    opening--;
    if (open.isEmpty() && opening == 0) {
      List<Http2Call> all = List.copyOf(line);
      line.clear();
      all.forEach(call -> call.refused(why));
    }
    if (endpoint.warmEach() > 0) {
      watch();
    }
    show();
  }

  /** It takes no more calls, and is closed with its last. */
  void leave(Http2EndpointConnection connection) {
    if (!open.remove(connection)) {
      return;
    }
    if (connection.isIdle()) {
      leaving.add(connection);
      connection.close();
    } else {
      leaving.add(connection);
      openForLine();
    }
    show();
  }

  void closed(Http2EndpointConnection connection) {
    open.remove(connection);
    leaving.remove(connection);
    openForLine();
    if (endpoint.warmEach() > 0) {
      watch();
    }
    show();
  }

  private void watch() {
    if (eviction == null && !isClosed) {
      long nanos = policy().maxIdle().toNanos() / 2;
      eviction = clock().schedule(this::evict, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void evict() {
    eviction = null;
    long now = now();
    long maxIdle = policy().maxIdle().toNanos();
    for (Http2EndpointConnection connection : List.copyOf(open)) {
      boolean isSpare = open.size() > endpoint.warmEach();
      if (isSpare && connection.isIdle() && now - connection.idleSinceNanos() >= maxIdle) {
        connection.close();
      }
    }
    openSpare();
    if (!open.isEmpty() || endpoint.warmEach() > 0) {
      watch();
    }
  }

  /** Closes the idle connections now, and the others as they become idle. */
  void close() {
    isClosed = true;
    if (eviction != null) {
      eviction.dispose();
      eviction = null;
    }
    List<Http2Call> all = List.copyOf(line);
    line.clear();
    all.forEach(call -> call.refused(closed()));
    List.copyOf(open).forEach(this::leave);
    show();
  }
}
