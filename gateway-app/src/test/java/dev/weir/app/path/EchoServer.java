package dev.weir.app.path;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;

/** A server of WebSockets that others have written, with Jetty: sends back what it gets. */
final class EchoServer implements AutoCloseable {

  private static final int MAX_MESSAGE_BYTES = 1 << 24;

  private final Server server =
      new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  private final AtomicInteger open = new AtomicInteger();

  static EchoServer start() throws Exception {
    EchoServer echo = new EchoServer();
    echo.server.setHandler(
        WebSocketUpgradeHandler.from(
            echo.server,
            container -> {
              container.setMaxTextMessageSize(MAX_MESSAGE_BYTES);
              container.setMaxBinaryMessageSize(MAX_MESSAGE_BYTES);
              container.addMapping("/*", (request, response, callback) -> new Echo(echo.open));
            }));
    echo.server.start();
    return echo;
  }

  int port() {
    return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
  }

  /** How many WebSockets are open. */
  int open() {
    return open.get();
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }

  /** Public, as Jetty calls it from outside of this package. */
  public static final class Echo extends Session.Listener.AbstractAutoDemanding {

    private final AtomicInteger open;

    Echo(AtomicInteger open) {
      this.open = open;
    }

    @Override
    public void onWebSocketOpen(Session session) {
      open.incrementAndGet();
      super.onWebSocketOpen(session);
    }

    @Override
    public void onWebSocketText(String message) {
      getSession().sendText(message, Callback.NOOP);
    }

    @Override
    public void onWebSocketBinary(ByteBuffer message, Callback callback) {
      getSession().sendBinary(message, callback);
    }

    /** A text that turns out not to be UTF-8 ends in the middle of its frame. */
    @Override
    public void onWebSocketError(Throwable cut) {}

    @Override
    public void onWebSocketClose(int code, String reason, Callback callback) {
      open.decrementAndGet();
      callback.succeed();
    }
  }
}
