package dev.weir.app;

import dev.weir.testing.Await;
import dev.weir.testing.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A gateway as a process of its own, for tests of what a process has. */
public final class ChildGateway implements AutoCloseable {

  private static final Pattern LISTENS =
      Pattern.compile("listens on http://127.0.0.1:(\\d+), admin on http://127.0.0.1:(\\d+)");

  private final Path log;
  private final Process process;
  private int port;
  private int admin;

  /**
   * Starts one and waits until it listens.
   *
   * @param before the command that starts the one behind it; none, if empty
   */
  public static ChildGateway start(Path folder, String yaml, String... before) {
    try {
      Path settings = Files.writeString(folder.resolve("gateway.yaml"), yaml);
      ChildGateway gateway = new ChildGateway(folder.resolve("gateway.log"), settings, before);
      Await.until(() -> "a gateway; it says " + gateway.text(), gateway::isUp);
      return gateway;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ChildGateway(Path log, Path settings, String... before) throws IOException {
    this.log = log;
    List<String> command = new ArrayList<>(List.of(before));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "dev.weir.app.Main",
            "run",
            settings.toString()));
    this.process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  private boolean isUp() {
    Matcher listens = LISTENS.matcher(text());
    if (!process.isAlive()) {
      throw new IllegalStateException(text());
    }
    if (!listens.find()) {
      return false;
    }
    port = Integer.parseInt(listens.group(1));
    admin = Integer.parseInt(listens.group(2));
    return true;
  }

  public int port() {
    return port;
  }

  public int adminPort() {
    return admin;
  }

  /** What it has said so far. */
  public String text() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "" + e;
    }
  }

  /** One metric, by its name and labels; 0 if it is not there yet. */
  public double metric(String nameAndLabels) {
    try (RawClient client = new RawClient(admin)) {
      String all = client.get("/metrics", "Host: 127.0.0.1\r\n").answer().text();
      return all.lines()
          .filter(line -> line.startsWith(nameAndLabels + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .findFirst()
          .orElse(0);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
