package dev.weir.load.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A gateway as users start it: by the launcher of the distribution, with a configuration file, on
 * ports of its own. Its output is kept in a file beside the configuration.
 */
public final class RunningGateway implements AutoCloseable {

  private static final Pattern STARTED =
      Pattern.compile(
          "weir listens on (http://[^\\s,]+)(?:, (https://[^\\s,]+))?, admin on (http://\\S+)");
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final long END_LIMIT_SECONDS = 60;

  private final String name;
  private final List<String> command;
  private final Map<String, String> variables;
  private final Path log;
  private Process process;
  private String url = "";
  private String tlsUrl = "";
  private String adminUrl = "";

  private RunningGateway(
      String name, List<String> command, Map<String, String> variables, Path log) {
    this.name = name;
    this.command = command;
    this.variables = variables;
    this.log = log;
    process = launch();
  }

  /**
   * Starts a gateway and waits until requests can come.
   *
   * @param launcher of the distribution
   * @param work where its output goes
   * @param variables that its configuration refers to
   */
  public static RunningGateway start(
      Path launcher, Path configuration, Path work, String name, Map<String, String> variables) {
    List<String> command =
        List.of(
            launcher.toString(),
            "run",
            configuration.toString(),
            "--listen",
            "127.0.0.1:" + freePort(),
            "--admin",
            "127.0.0.1:" + freePort());
    return new RunningGateway(name, command, variables, work.resolve(name + ".log"));
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process launch() {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(variables);
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    try {
      process = builder.start();
      awaitStart();
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitStart() throws IOException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (System.nanoTime() < end && process.isAlive()) {
      Matcher started = STARTED.matcher(Files.readString(log));
      if (started.find()) {
        url = started.group(1);
        tlsUrl = started.group(2) == null ? "" : started.group(2);
        adminUrl = started.group(3);
        return;
      }
      Pause.of(Duration.ofMillis(50));
    }
    process.destroyForcibly();
    throw new IllegalStateException("gateway " + name + ": " + Files.readString(log));
  }

  public String url() {
    return url;
  }

  /** Empty if it has none. */
  public String tlsUrl() {
    return tlsUrl;
  }

  public String adminUrl() {
    return adminUrl;
  }

  /** What it says of itself. */
  public Metrics metrics() {
    return Metrics.read(adminUrl + "/metrics");
  }

  /** What it holds; asks for a collection of garbage, so not to be used while latency counts. */
  public Vitals vitals() {
    return Vitals.of(process.pid(), metrics());
  }

  /** Sends SIGTERM, waits for the end, and starts it again at the same addresses. */
  public void restart() {
    int status = terminate();
    if (status != 0) {
      throw new IllegalStateException("gateway " + name + " ended with status " + status);
    }
    process = launch();
  }

  private int terminate() {
    process.destroy();
    try {
      if (!process.waitFor(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("gateway " + name + " did not end on SIGTERM");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return process.exitValue();
  }

  /** Ends it without grace; what it had to show, it has shown. */
  @Override
  public void close() {
    process.destroyForcibly();
  }

  @Override
  public String toString() {
    return name + " at " + url;
  }
}
