package dev.weir.load;

import dev.weir.load.gateway.Pause;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/** A Redis out of a Maven artifact, on a port of its own; it can be killed and started again. */
final class RunningRedis implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  private final Path binary;
  private final Path log;
  private final int port;
  private Process process;

  private RunningRedis(Path work) throws IOException {
    this.binary = extract(work);
    this.log = work.resolve("redis.log");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = free.getLocalPort();
    }
    this.process = launch();
  }

  static RunningRedis start(Path work) {
    try {
      return new RunningRedis(work);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path extract(Path work) throws IOException {
    String arch = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    String name = "/redis-server-7.0.15-linux-" + arch;
    Path file = work.resolve("redis-server");
    Files.deleteIfExists(file);
    try (InputStream in = RunningRedis.class.getResourceAsStream(name)) {
      Files.copy(Objects.requireNonNull(in, name), file);
    }
    if (!file.toFile().setExecutable(true)) {
      throw new IOException(file + " can't be made executable");
    }
    return file;
  }

  private Process launch() throws IOException {
    Process started =
        new ProcessBuilder(
                binary.toString(),
                "--port",
                "" + port,
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!Pause.until(START_LIMIT, this::isOpen)) {
      started.destroyForcibly();
      throw new IllegalStateException("Redis did not start; see " + log);
    }
    return started;
  }

  private boolean isOpen() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  /** SIGKILL; what it knew is gone. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Starts it on the same port, empty. */
  void restart() {
    try {
      process = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
