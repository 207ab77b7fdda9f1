package dev.weir.app.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** Passes bytes between whoever connects and a port of this machine, as late as it is told to. */
final class DelayingProxy implements AutoCloseable {

  private final ServerSocket listener;
  private final int to;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private volatile int delayMillis;

  DelayingProxy(int to) {
    this(to, ServerSocketFactory.getDefault(), false);
  }

  private DelayingProxy(int to, ServerSocketFactory kind, boolean wantsCertificate) {
    this.to = to;
    try {
      this.listener = kind.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (listener instanceof SSLServerSocket secure) {
      secure.setNeedClientAuth(wantsCertificate);
    }
    start(this::accept);
  }

  /** One that speaks TLS with whoever connects. */
  static DelayingProxy secure(int to, SSLContext context, boolean wantsCertificate) {
    return new DelayingProxy(to, context.getServerSocketFactory(), wantsCertificate);
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "delaying-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** From now on each piece waits for so long, in both directions. */
  void delay(int millis) {
    delayMillis = millis;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        sockets.add(client);
        start(() -> connect(client));
      }
    } catch (IOException closed) {
      // The end of the proxy.
    }
  }

  /** Whoever can't be passed on is turned away, as it would have been without us. */
  private void connect(Socket client) {
    try {
      Socket server = new Socket(InetAddress.getLoopbackAddress(), to);
      sockets.add(server);
      start(() -> pass(client, server));
      start(() -> pass(server, client));
    } catch (IOException refused) {
      try {
        client.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void pass(Socket from, Socket into) {
    byte[] buffer = new byte[64 * 1024];
    try (from;
        into) {
      InputStream in = from.getInputStream();
      OutputStream out = into.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (delayMillis > 0) {
          TimeUnit.MILLISECONDS.sleep(delayMillis);
        }
        out.write(buffer, 0, n);
      }
    } catch (IOException closed) {
      // So is the other side, then.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
