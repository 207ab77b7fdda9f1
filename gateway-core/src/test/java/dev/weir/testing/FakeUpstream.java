package dev.weir.testing;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * An upstream that does what a test tells it, down to the byte: answers, waits, breaks off, resets,
 * sends garbage. On plain blocking sockets, so that it shares no bug with what it tests; one thread
 * for each connection.
 */
public final class FakeUpstream implements AutoCloseable {

  /** What to do with a request. */
  @FunctionalInterface
  public interface Script {
    void play(Exchange exchange) throws Exception;
  }

  private final String scheme;
  private final ServerSocket server;
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final BlockingQueue<Exchange> received = new LinkedBlockingQueue<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);

  public FakeUpstream() {
    this(plain(), "http");
  }

  /** Over TLS, and only for clients that show a certificate, if that is so. */
  public static FakeUpstream secure(SSLContext context, boolean needsCertificates) {
    try {
      SSLServerSocket socket =
          (SSLServerSocket)
              context
                  .getServerSocketFactory()
                  .createServerSocket(0, 1024, InetAddress.getLoopbackAddress());
      socket.setNeedClientAuth(needsCertificates);
      return new FakeUpstream(socket, "https");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private FakeUpstream(ServerSocket server, String scheme) {
    this.scheme = scheme;
    this.server = server;
    thread("accept", this::accept);
  }

  private static ServerSocket plain() {
    try {
      return new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void thread(String name, Runnable task) {
    Thread thread = new Thread(task, "fake-upstream-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  public int port() {
    return server.getLocalPort();
  }

  public String url() {
    return scheme + "://127.0.0.1:" + port();
  }

  /** What to do with requests for that path, whatever their query; all others get 200 and "ok". */
  public FakeUpstream on(String path, Script script) {
    scripts.put(path, script);
    return this;
  }

  /** The next request that came, in order of arrival; waits for it. */
  public Exchange received() {
    try {
      Exchange exchange = received.poll(20, TimeUnit.SECONDS);
      if (exchange == null) {
        throw new AssertionError("no request came");
      }
      return exchange;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Requests that came and that nobody has asked for. */
  public int pending() {
    return received.size();
  }

  /** Connections that were ever opened. */
  public int connections() {
    return connections.get();
  }

  public int openConnections() {
    open.removeIf(Socket::isClosed);
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
        socket.setTcpNoDelay(true);
        connections.incrementAndGet();
        open.add(socket);
        thread("" + connections.get(), () -> serve(socket));
      }
    } catch (IOException serverClosed) {
      // The end of the test.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream(), 65_536);
      for (HttpHead head = HttpHead.read(in); head != null; head = HttpHead.read(in)) {
        Exchange exchange = new Exchange(head, in, socket);
        received.add(exchange);
        scripts.getOrDefault(exchange.path(), any -> any.reply(200, "ok")).play(exchange);
        if (socket.isClosed() || exchange.isLast) {
          return;
        }
        exchange.body();
      }
    } catch (EOFException clientGone) {
      // The other side has ended the connection.
    } catch (IOException | UncheckedIOException e) {
      // Likewise; a reset comes in many words.
    } catch (Exception e) {
      throw new IllegalStateException(e);
    } finally {
      open.remove(socket);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One request, and the means to answer it. */
  public final class Exchange {

    private final HttpHead head;
    private final InputStream in;
    private final Socket socket;
    private final OutputStream out;
    private byte[] body;
    private List<String> trailers = List.of();
    private boolean isLast;

    Exchange(HttpHead head, InputStream in, Socket socket) throws IOException {
      this.head = head;
      this.in = in;
      this.socket = socket;
      this.out = socket.getOutputStream();
    }

    public HttpHead head() {
      return head;
    }

    public String method() {
      return head.firstLine().split(" ", -1)[0];
    }

    public String target() {
      return head.firstLine().split(" ", -1)[1];
    }

    public String path() {
      return target().replaceAll("\\?.*", "");
    }

    /** What TLS was agreed on with the other side. */
    public SSLSession session() {
      return ((SSLSocket) socket).getSession();
    }

    /** Reads the body to its end, if that was not done before. */
    public synchronized byte[] body() throws IOException {
      if (body == null) {
        if (head.get("transfer-encoding") != null) {
          HttpHead.Chunked chunked = HttpHead.Chunked.read(in);
          body = chunked.content();
          trailers = chunked.trailers();
        } else {
          String length = head.get("content-length");
          body = in.readNBytes(length == null ? 0 : Integer.parseInt(length));
          if (length != null && body.length < Integer.parseInt(length)) {
            throw new EOFException("inside the body, after " + body.length + " bytes");
          }
        }
      }
      return body;
    }

    public String text() throws IOException {
      return new String(body(), StandardCharsets.UTF_8);
    }

    public List<String> trailers() throws IOException {
      body();
      return trailers;
    }

    /** Reads some of the body, without regard for its framing. */
    public byte[] some(int bytes) throws IOException {
      return in.readNBytes(bytes);
    }

    /** The same, for those who can't be told of failures; fewer bytes at the end. */
    public byte[] read(int bytes) {
      try {
        return in.readNBytes(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    public void send(String text) throws IOException {
      send(HttpHead.bytes(text));
    }

    public void send(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    public void reply(int status, String content) throws IOException {
      reply(status, content, "");
    }

    /** Reads the body, and answers, with a hash for the client to compare (P11). */
    public void reply(int status, String content, String fields) throws IOException {
      body();
      send(
          "HTTP/1.1 "
              + status
              + " Whatever\r\n"
              + fields
              + hashField(content)
              + "Content-Length: "
              + content.length()
              + "\r\n\r\n"
              + (method().equals("HEAD") ? "" : content));
    }

    /** Of content that will be sent; none, if the request has no id. */
    public String hashField(String content) {
      String id = head.get("x-request-id");
      return id == null
          ? ""
          : AnswerHash.FIELD + ": " + AnswerHash.of(id, HttpHead.bytes(content)) + "\r\n";
    }

    public void close() throws IOException {
      socket.close();
    }

    /** Ends the connection so that the other side sees a reset. */
    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    /** Says no more, but listens on. */
    public void halfClose() throws IOException {
      socket.shutdownOutput();
    }

    /** No further request is taken from this connection. */
    public void last() {
      isLast = true;
    }

    /** Does nothing until the other side ends the connection. */
    public void hang() throws IOException {
      while (in.read() >= 0) {
        continue;
      }
    }

    public void pause(long millis) throws InterruptedException {
      // A pause of the upstream's own; cut short when the test is over.
      boolean isOver = closed.await(millis, TimeUnit.MILLISECONDS);
      if (isOver) {
        throw new InterruptedException();
      }
    }
  }
}
