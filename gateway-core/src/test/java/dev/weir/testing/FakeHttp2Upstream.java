package dev.weir.testing;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An upstream of HTTP/2 that does what a test tells it, frame by frame, whether it makes sense or
 * not. On plain blocking sockets; one thread for each connection, which plays its script once.
 */
public final class FakeHttp2Upstream implements AutoCloseable {

  /** What to do on a connection, whose preface has been read. */
  @FunctionalInterface
  public interface Script {
    void play(Http2Client connection) throws Exception;
  }

  private final ServerSocket server;
  private final Script script;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicReference<Throwable> failed = new AtomicReference<>();

  public FakeHttp2Upstream(Script script) {
    this.script = script;
    try {
      server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread(this::accept);
  }

  /** One that says first what servers say: SETTINGS, with nothing in them. */
  public static FakeHttp2Upstream polite(Script script) {
    return new FakeHttp2Upstream(
        connection -> {
          connection.send(Http2Client.SETTINGS, 0, 0, Unpooled.EMPTY_BUFFER);
          script.play(connection);
        });
  }

  private static void thread(Runnable task) {
    Thread thread = new Thread(task, "fake-http2-upstream");
    thread.setDaemon(true);
    thread.start();
  }

  public int port() {
    return server.getLocalPort();
  }

  public String url() {
    return "http://127.0.0.1:" + port();
  }

  /** Connections that were ever opened. */
  public int connections() {
    return connections.get();
  }

  public int openConnections() {
    return open.size();
  }

  /** Waits until no connection is open. */
  public void awaitNoConnections() {
    Await.until("the upstream's connections are closed", () -> openConnections() == 0);
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        connections.incrementAndGet();
        open.add(socket);
        thread(() -> serve(socket));
      }
    } catch (IOException serverClosed) {
      // The end of the test.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      script.play(Http2Client.answering(socket));
    } catch (IOException | UncheckedIOException | IllegalStateException otherSideGone) {
      // The other side has ended the connection.
    } catch (Throwable e) {
      failed.compareAndSet(null, e);
    } finally {
      open.remove(socket);
    }
  }

  /** Closes it; what an assertion in a script had to say is said here. */
  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (failed.get() != null) {
      throw new AssertionError("the upstream's script failed", failed.get());
    }
  }
}
