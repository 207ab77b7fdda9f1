package dev.weir.app;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A client that asks a demo for everything it has, often enough for Java to take notice. */
final class Rehearsal {

  private static final int ROUNDS = 40;
  private static final int READ_LIMIT_MILLIS = 10_000;

  private static final List<String> PATHS =
      List.of(
          "/steady",
          "/flaky",
          "/broken",
          "/limited",
          "/canary/ann",
          "/old/news",
          "/hello",
          "/nowhere",
          "/%2e");

  private static final byte[] MESSAGE = {(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, 'h', 'i'};
  private static final byte[] UNKNOWN_FRAME = {(byte) 0x83, (byte) 0x80, 0, 0, 0, 0};

  private final InetSocketAddress gateway;
  private final InetSocketAddress admin;

  Rehearsal(InetSocketAddress gateway, InetSocketAddress admin) {
    this.gateway = gateway;
    this.admin = admin;
  }

  /**
   * Blocks until all has been answered.
   *
   * @throws IOException if something has not
   */
  void run() throws IOException {
    for (int i = 0; i < ROUNDS; i++) {
      for (String path : PATHS) {
        ask(gateway, "GET " + path + " HTTP/1.1", "");
      }
      ask(gateway, "POST /echo/a?b=c HTTP/1.1\r\nContent-Length: 5", "hello");
      ask(
          gateway,
          "POST /echo/a HTTP/1.1\r\nTransfer-Encoding: chunked",
          "5\r\nhello\r\n0\r\n\r\n");
    }
    ask(gateway, "GET /slow HTTP/1.1\r\nX-Request-Timeout: 100ms", "");
    ask(gateway, "GET /steady HTTP/9.9", "");
    openWebSocket();
    ask(admin, "GET /health/ready HTTP/1.1", "");
    ask(admin, "GET /metrics HTTP/1.1", "");
    ask(admin, "GET /limits HTTP/1.1", "");
  }

  private static void ask(InetSocketAddress address, String head, String body) throws IOException {
    String request = head + "\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n" + body;
    try (Socket socket = connect(address)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      if (socket.getInputStream().readAllBytes().length == 0) {
        throw new IOException("no answer to " + head);
      }
    }
  }

  /** A message that is echoed, and a frame that breaks a rule, so that the gateway ends it. */
  private void openWebSocket() throws IOException {
    String handshake =
        """
        GET /ws HTTP/1.1\r
        Host: 127.0.0.1\r
        Connection: Upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        \r
        """;
    try (Socket socket = connect(gateway)) {
      socket.getOutputStream().write(handshake.getBytes(StandardCharsets.US_ASCII));
      readHead(socket.getInputStream());
      socket.getOutputStream().write(MESSAGE);
      socket.getOutputStream().write(UNKNOWN_FRAME);
      if (socket.getInputStream().readAllBytes().length == 0) {
        throw new IOException("no answer to a WebSocket frame");
      }
    }
  }

  private static void readHead(InputStream in) throws IOException {
    int lastFour = 0;
    while (lastFour != 0x0D0A0D0A) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no answer to a WebSocket handshake");
      }
      lastFour = lastFour << Byte.SIZE | next;
    }
  }

  private static Socket connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout(READ_LIMIT_MILLIS);
    return socket;
  }
}
