package dev.weir.testing;

import dev.weir.testing.Http2Client.Frame;
import io.netty.buffer.Unpooled;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Gives an upstream of HTTP/1.1 a face of HTTP/2: each stream is one connection to it. So what is
 * demanded of a connector for HTTP/1.1 can be demanded of one for HTTP/2. On blocking sockets, two
 * threads for each stream.
 */
public final class Http2Front implements AutoCloseable {

  private static final int INTERNAL_ERROR = 2;
  private static final int MAX_PIECE = 16_384;

  private final FakeHttp2Upstream server;
  private final int behind;

  /** Before the upstream at that port. */
  public Http2Front(int behind) {
    this.behind = behind;
    this.server = FakeHttp2Upstream.polite(connection -> new Connection(connection).serve());
  }

  public int port() {
    return server.port();
  }

  public int connections() {
    return server.connections();
  }

  @Override
  public void close() {
    server.close();
  }

  private static void thread(String name, Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException | InterruptedException | RuntimeException over) {
                // The stream or the test is over.
              }
            },
            "http2-front-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private interface Task {
    void run() throws IOException, InterruptedException;
  }

  private final class Connection {

    private final Http2Client peer;
    private final Map<Integer, Exchange> exchanges = new ConcurrentHashMap<>();
    private long window = 65_535;
    private int streamWindow = 65_535;

    Connection(Http2Client peer) {
      this.peer = peer;
    }

    void serve() throws IOException {
      try {
        for (Frame frame = peer.next(); frame != null; frame = peer.next()) {
          received(frame);
        }
      } finally {
        for (Exchange exchange : exchanges.values()) {
          exchange.reset();
        }
      }
    }

    private void received(Frame frame) throws IOException {
      Exchange exchange = exchanges.get(frame.stream());
      switch (frame.type()) {
        case Http2Client.SETTINGS -> settings(frame);
        case Http2Client.PING -> peer.raw(pong(frame));
        case Http2Client.HEADERS -> {
          if (exchange == null) {
            begin(frame);
          } else {
            exchange.toSend.add(frame);
          }
        }
        case Http2Client.DATA -> {
          if (exchange != null) {
            exchange.toSend.add(frame);
          }
        }
        case Http2Client.RST_STREAM -> {
          if (exchange != null) {
            exchange.reset();
          }
        }
        case Http2Client.WINDOW_UPDATE -> credit(frame);
        default -> {
          // Of no interest here.
        }
      }
    }

    private static byte[] pong(Frame ping) {
      byte[] frame = new byte[9 + 8];
      frame[2] = 8;
      frame[3] = Http2Client.PING;
      frame[4] = Http2Client.ACK;
      System.arraycopy(ping.payload(), 0, frame, 9, 8);
      return frame;
    }

    private synchronized void settings(Frame frame) {
      if ((frame.flags() & Http2Client.ACK) != 0) {
        return;
      }
      peer.send(Http2Client.SETTINGS, Http2Client.ACK, 0, Unpooled.EMPTY_BUFFER);
      for (int at = 0; at + 6 <= frame.payload().length; at += 6) {
        if (frame.number(at) >>> 16 == 4) {
          streamWindow = frame.number(at + 2);
        }
      }
    }

    private void begin(Frame head) throws IOException {
      Exchange exchange = new Exchange(this, head);
      exchange.window = streamWindow;
      exchanges.put(head.stream(), exchange);
      if (head.isEnd()) {
        exchange.isWholeAtOnce = true;
      }
      thread("up", exchange::sendRequest);
      thread("down", exchange::sendAnswer);
    }

    private synchronized void credit(Frame frame) {
      int bytes = frame.number(0);
      if (frame.stream() == 0) {
        window += bytes;
      } else if (exchanges.containsKey(frame.stream())) {
        exchanges.get(frame.stream()).window += bytes;
      }
      notifyAll();
    }

    private synchronized int take(Exchange exchange, int wanted) throws InterruptedException {
      while (window <= 0 || exchange.window <= 0) {
        wait();
      }
      int bytes = (int) Math.min(Math.min(window, exchange.window), Math.min(wanted, MAX_PIECE));
      window -= bytes;
      exchange.window -= bytes;
      return bytes;
    }
  }

  private final class Exchange {

    private final Connection connection;
    private final Frame head;
    private final int id;
    private final Socket socket;
    private final BlockingQueue<Frame> toSend = new LinkedBlockingQueue<>();
    private long window;
    private boolean isWholeAtOnce;

    Exchange(Connection connection, Frame head) throws IOException {
      this.connection = connection;
      this.head = head;
      this.id = head.stream();
      this.socket = new Socket(InetAddress.getLoopbackAddress(), behind);
      this.socket.setTcpNoDelay(true);
    }

    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    private void end() throws IOException {
      connection.exchanges.remove(id);
      socket.close();
    }

    // The request

    void sendRequest() throws IOException, InterruptedException {
      OutputStream out = socket.getOutputStream();
      boolean isChunked = !isWholeAtOnce && !head.fields().containsKey("content-length");
      StringBuilder text = new StringBuilder();
      text.append(head.fields().get(":method")).append(' ').append(head.fields().get(":path"));
      text.append(" HTTP/1.1\r\nhost: ").append(head.fields().get(":authority")).append("\r\n");
      for (int i = 0; i < head.inOrder().size(); i += 2) {
        if (!head.inOrder().get(i).startsWith(":")) {
          text.append(head.inOrder().get(i) + ": " + head.inOrder().get(i + 1) + "\r\n");
        }
      }
      text.append(isChunked ? "transfer-encoding: chunked\r\n\r\n" : "\r\n");
      out.write(HttpHead.bytes(text.toString()));
      boolean isEnd = isWholeAtOnce;
      while (!isEnd) {
        Frame frame = toSend.take();
        isEnd = frame.isEnd();
        if (frame.type() == Http2Client.DATA && frame.payload().length > 0) {
          send(out, frame.payload(), isChunked);
          connection.peer.credit(0, frame.payload().length);
          connection.peer.credit(id, frame.payload().length);
        }
        if (isEnd && isChunked) {
          out.write(HttpHead.bytes("0\r\n" + trailers(frame) + "\r\n"));
        }
      }
    }

    private static void send(OutputStream out, byte[] bytes, boolean isChunked) throws IOException {
      ByteArrayOutputStream piece = new ByteArrayOutputStream();
      if (isChunked) {
        piece.writeBytes(HttpHead.bytes(Integer.toHexString(bytes.length) + "\r\n"));
      }
      piece.writeBytes(bytes);
      if (isChunked) {
        piece.writeBytes(HttpHead.bytes("\r\n"));
      }
      out.write(piece.toByteArray());
    }

    private static String trailers(Frame frame) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < frame.inOrder().size(); i += 2) {
        text.append(frame.inOrder().get(i) + ": " + frame.inOrder().get(i + 1) + "\r\n");
      }
      return text.toString();
    }

    // The answer

    void sendAnswer() throws IOException, InterruptedException {
      try {
        InputStream in = new BufferedInputStream(socket.getInputStream(), 65_536);
        HttpHead answer = HttpHead.read(in);
        while (answer != null && status(answer).startsWith("1")) {
          sendHead(answer, false);
          answer = HttpHead.read(in);
        }
        if (answer == null) {
          throw new EOFException("no answer");
        }
        sendFinal(answer, in);
      } catch (IOException | RuntimeException broken) {
        connection.peer.reset(id, INTERNAL_ERROR);
      } finally {
        end();
      }
    }

    private static String status(HttpHead answer) throws IOException {
      String[] words = answer.firstLine().split(" ", 3);
      if (!words[0].startsWith("HTTP/1.") || words.length < 2) {
        throw new IOException("not an answer: " + answer.firstLine());
      }
      return words[1];
    }

    private void sendHead(HttpHead answer, boolean isEnd) throws IOException {
      List<String> fields = new ArrayList<>(List.of(":status", status(answer)));
      List<String> hop = new ArrayList<>(List.of("connection", "keep-alive", "transfer-encoding"));
      for (String options : answer.all("connection")) {
        hop.addAll(List.of(options.toLowerCase(Locale.ROOT).split(" *, *")));
      }
      for (String field : answer.fields()) {
        String name = field.substring(0, field.indexOf(':')).toLowerCase(Locale.ROOT);
        if (!hop.contains(name)) {
          fields.add(name);
          fields.add(field.substring(field.indexOf(':') + 1).strip());
        }
      }
      connection.peer.headers(id, isEnd, fields.toArray(String[]::new));
    }

    private void sendFinal(HttpHead answer, InputStream in)
        throws IOException, InterruptedException {
      String length = answer.get("content-length");
      boolean isBare =
          head.fields().get(":method").equals("HEAD")
              || List.of("204", "304").contains(status(answer));
      if (isBare || "0".equals(length)) {
        sendHead(answer, true);
        return;
      }
      sendHead(answer, false);
      List<String> trailers = List.of();
      if (answer.get("transfer-encoding") != null) {
        trailers = sendChunks(in);
      } else if (length == null) {
        copy(in, Long.MAX_VALUE);
      } else if (copy(in, Long.parseLong(length)) < Long.parseLong(length)) {
        throw new EOFException("inside the body");
      }
      if (trailers.isEmpty()) {
        connection.peer.data(id, "", true);
      } else {
        connection.peer.headers(id, true, trailers.toArray(String[]::new));
      }
    }

    private List<String> sendChunks(InputStream in) throws IOException, InterruptedException {
      while (true) {
        String line = HttpHead.line(in);
        if (line == null) {
          throw new EOFException("before the last chunk");
        }
        int length = Integer.parseInt(line.replaceAll(";.*", ""), 16);
        if (length == 0) {
          List<String> trailers = new ArrayList<>();
          for (String field : HttpHead.fields(in)) {
            trailers.add(field.substring(0, field.indexOf(':')).toLowerCase(Locale.ROOT));
            trailers.add(field.substring(field.indexOf(':') + 1).strip());
          }
          return trailers;
        }
        if (copy(in, length) < length || !"".equals(HttpHead.line(in))) {
          throw new EOFException("inside a chunk");
        }
      }
    }

    private long copy(InputStream in, long wanted) throws IOException, InterruptedException {
      byte[] buffer = new byte[MAX_PIECE];
      long copied = 0;
      while (copied < wanted) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, wanted - copied));
        if (read < 0) {
          return copied;
        }
        for (int at = 0; at < read; ) {
          int bytes = connection.take(this, read - at);
          connection.peer.send(Http2Client.DATA, 0, id, Unpooled.copiedBuffer(buffer, at, bytes));
          at += bytes;
        }
        copied += read;
      }
      return copied;
    }
  }
}
