package dev.weir.app.hostile;

import dev.weir.testing.HttpHead;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An upstream that reads strictly, remembers what it read, and says in its answer what it has
 * understood: method, target, and a hash of both and the body (P11). On blocking sockets.
 */
final class RecordingUpstream implements AutoCloseable {

  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<StrictRequest> whole = new ArrayList<>();
  private final List<StrictRequest.Head> begun = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();

  RecordingUpstream() {
    try {
      server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    thread(this::accept);
  }

  private static void thread(Runnable task) {
    Thread thread = new Thread(task, "recording-upstream");
    thread.setDaemon(true);
    thread.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        open.add(socket);
        thread(() -> serve(socket));
      }
    } catch (IOException serverClosed) {
      // The end of the test.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream(), 65_536);
      for (var head = StrictRequest.readHead(in); head != null; head = StrictRequest.readHead(in)) {
        begin(head);
        StrictRequest request = StrictRequest.readBody(head, in);
        end(request);
        String text = understood(request.method(), request.target(), request.body());
        String content = request.method().equals("HEAD") ? "" : text;
        socket
            .getOutputStream()
            .write(
                HttpHead.bytes(
                    "HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + content));
      }
    } catch (StrictRequest.NotStrict fault) {
      record(fault.getMessage());
    } catch (EOFException cut) {
      // What was begun and not ended stays that.
    } catch (IOException reset) {
      // Likewise.
    } catch (RuntimeException e) {
      record(e.toString());
    } finally {
      open.remove(socket);
    }
  }

  private synchronized void begin(StrictRequest.Head head) {
    begun.add(head);
  }

  private synchronized void end(StrictRequest request) {
    whole.add(request);
  }

  private synchronized void record(String fault) {
    faults.add(fault);
  }

  /** What an answer says of the request that it is to. */
  static String understood(String method, String target, byte[] body) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(HttpHead.bytes(method + " " + target + " " + body.length + " "));
      String hash = HexFormat.of().formatHex(digest.digest(body), 0, 8);
      return method + " " + (target.length() > 100 ? target.length() : target) + " " + hash;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * What has come since the last time.
   *
   * @param begun the heads of all requests, also of those that never ended
   * @param faults what was no request in any strict sense
   */
  record Seen(List<StrictRequest> whole, List<StrictRequest.Head> begun, List<String> faults) {}

  synchronized Seen take() {
    Seen seen = new Seen(List.copyOf(whole), List.copyOf(begun), List.copyOf(faults));
    whole.clear();
    begun.clear();
    faults.clear();
    return seen;
  }

  /** The whole requests that have come from a client of that address, which the gateway names. */
  synchronized List<StrictRequest> take(String client) {
    List<StrictRequest> ofClient =
        whole.stream().filter(r -> r.all("x-forwarded-for").equals(List.of(client))).toList();
    whole.removeAll(ofClient);
    begun.clear();
    return ofClient;
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
