package dev.weir.app.redis;

import dev.weir.testing.Await;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real Redis on a free port of the loopback interface, to which everything can happen. */
public final class RedisServer implements AutoCloseable {

  private static final int READ_LIMIT_MILLIS = 20_000;
  private static final Path BINARY = extract();

  private final Path folder;
  private final int port;
  private final List<String> options;
  private Process process;

  private RedisServer(List<String> options) {
    try {
      this.folder = Files.createTempDirectory("redis");
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        this.port = free.getLocalPort();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.options = List.copyOf(options);
  }

  private static Path extract() {
    String arch = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    try (InputStream in =
        RedisServer.class.getResourceAsStream("/redis-server-7.0.15-linux-" + arch)) {
      Path file = Files.createTempFile("redis-server", "");
      file.toFile().deleteOnExit();
      Files.write(file, in.readAllBytes());
      if (!file.toFile().setExecutable(true)) {
        throw new IOException(file + " can't be made executable");
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A server without persistence; further options as on its command line. */
  public static RedisServer start(String... options) {
    RedisServer server = new RedisServer(List.of(options));
    server.begin();
    return server;
  }

  /** A sentinel that watches a server under the name {@code main}, and needs so many to agree. */
  static RedisServer sentinel(RedisServer of, int quorum) {
    RedisServer server = new RedisServer(List.of("--sentinel"));
    String settings =
        """
        port %d
        bind 127.0.0.1
        dir %s
        sentinel monitor main 127.0.0.1 %d %d
        sentinel down-after-milliseconds main 500
        sentinel failover-timeout main 2000
        """
            .formatted(server.port, server.folder, of.port, quorum);
    try {
      Files.writeString(server.folder.resolve("sentinel.conf"), settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.begin();
    return server;
  }

  private void begin() {
    List<String> command = new ArrayList<>(List.of(BINARY.toString()));
    if (options.contains("--sentinel")) {
      command.add(folder.resolve("sentinel.conf").toString());
    } else {
      command.addAll(
          List.of("--port", "" + port, "--bind", "127.0.0.1", "--dir", folder.toString()));
      command.addAll(List.of("--save", "", "--appendonly", "no"));
    }
    command.addAll(options);
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Await.until("a Redis on port " + port, this::answers);
  }

  private boolean answers() {
    try {
      return command("PING").equals("PONG");
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  /** Stops it in the middle of whatever it does; connections stay open. */
  public void pause() {
    signal("STOP");
  }

  public void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      int code = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill -" + name + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends it at once; what it knew is gone. */
  public void kill() {
    try {
      process.destroyForcibly();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException("Redis does not end");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Starts it again, on its port, with nothing in it. */
  public void restart() {
    begin();
  }

  /** Everything it logged. */
  String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One command on a connection of its own: a text, a number as a text, or a list of them. */
  public Object command(String... words) {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), READ_LIMIT_MILLIS);
      socket.setSoTimeout(READ_LIMIT_MILLIS);
      socket.getOutputStream().write(encoded(words));
      return read(new BufferedInputStream(socket.getInputStream()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One command that is sent, and whose answer nobody waits for. */
  Socket begin(String... words) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.getOutputStream().write(encoded(words));
    return socket;
  }

  private static byte[] encoded(String... words) {
    StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Object read(InputStream in) throws IOException {
    String line = line(in);
    char kind = line.charAt(0);
    String rest = line.substring(1);
    if (kind == '-') {
      throw new IllegalStateException(rest);
    }
    if (kind == '$') {
      int length = Integer.parseInt(rest);
      if (length < 0) {
        return "";
      }
      byte[] bytes = in.readNBytes(length);
      line(in);
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
    if (kind == '*') {
      List<Object> items = new ArrayList<>();
      for (int i = Integer.parseInt(rest); i > 0; i--) {
        items.add(read(in));
      }
      return items;
    }
    return rest;
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the connection was closed");
      }
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    kill();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
