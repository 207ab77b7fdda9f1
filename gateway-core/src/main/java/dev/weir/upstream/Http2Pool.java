package dev.weir.upstream;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connections of HTTP/2 from one event loop to one endpoint.
 *
 * <p>The connection that has been there longest is filled first: so the others can grow idle, and
 * be closed. A call that finds no room waits in line, first come, first served, for a stream that
 * ends or a connection that is opened.
 */
final class Http2Pool extends LoopPool {

  private final Http2Policy http2;
  private final Consumer<Http2Pool> opener;

  /** Those that take calls, or may again; one that is about to end is in here no more. */
  private final List<Http2EndpointConnection> open = new ArrayList<>();

  /** Those that take no more calls, until their last has ended. */
  private final List<Http2EndpointConnection> leaving = new ArrayList<>();

  private final ArrayDeque<Http2Call> line = new ArrayDeque<>();
  private int opening;
  private int calls;

  /** For those who look from other threads. */
  private volatile int activeSeen;

  private volatile int idleSeen;
  private volatile int streamsSeen;
  private volatile int waitingSeen;

  /**
   * Without a connection so far.
   *
   * @param opener begins to open a connection for a pool, which is told how it went
   */
  Http2Pool(Shared shared, Http2Policy http2, EventLoop loop, Consumer<Http2Pool> opener) {
    super(shared, loop);
    this.http2 = http2;
    this.opener = opener;
  }

  Http2Policy http2() {
    return http2;
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
    if (isClosed()) {
      call.refused(closedFailure());
      return;
    }
    Http2EndpointConnection connection = line.isEmpty() ? withRoom() : null;
    if (connection != null) {
      begin(connection, call);
    } else if (line.size() >= policy().maxConnections()) {
      call.refused(
          Failure.QUEUE_FULL.exception(
              endpoint() + ": " + line.size() + " calls wait for a stream"));
    } else {
      line.add(call);
      openForLine();
    }
    show();
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
    boolean isLeaving = isClosed() || leaving.contains(connection);
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
    while (!isClosed()
        && (long) opening * http2.maxStreams() < line.size()
        && open.size() + opening < http2.maxConnections()) {
      opening++;
      opener.accept(this);
    }
  }

  @Override
  void openSpare() {
    while (!isClosed() && open.size() + opening < warmEach()) {
      opening++;
      opener.accept(this);
    }
  }

  /** A connection that was being opened is ready. */
  void opened(Http2EndpointConnection connection) {
    opening--;
    if (isClosed()) {
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
      refuseAll(why);
    }
    lostOne();
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
    lostOne();
    show();
  }

  @Override
  void closeIdle(long nowNanos) {
    for (Http2EndpointConnection connection : List.copyOf(open)) {
      boolean isSpare = open.size() > warmEach();
      if (isSpare
          && connection.isIdle()
          && isIdleForTooLong(connection.idleSinceNanos(), nowNanos)) {
        connection.close();
      }
    }
  }

  @Override
  boolean hasAnyToClose() {
    return !open.isEmpty();
  }

  @Override
  void closeAll() {
    refuseAll(closedFailure());
    List.copyOf(open).forEach(this::leave);
    show();
  }

  private void refuseAll(FailureException why) {
    List<Http2Call> all = List.copyOf(line);
    line.clear();
    all.forEach(call -> call.refused(why));
  }
}
