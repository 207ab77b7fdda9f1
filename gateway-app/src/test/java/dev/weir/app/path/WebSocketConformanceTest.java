package dev.weir.app.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Those of Autobahn's cases (RFC 6455) that are quick: all of framing, pings, reserved bits,
 * opcodes, fragments, UTF-8 and closing, and of large messages and round trips a few. {@code
 * conformance/autobahn/run} runs all 301, with another server.
 */
final class WebSocketConformanceTest {

  private static final int MINUTES = 5;
  private static final Path CASES = Path.of("..", "conformance", "autobahn", "cases.py");
  private static final Path SUITE = Path.of("target", "autobahn");

  private static final List<String> SELECTED =
      List.of(
          "1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.1.2", "9.2.3", "9.3.6", "9.4.1",
          "9.5.6", "9.6.6", "9.7.1", "9.8.1", "10.*");

  /** Of these RFC 6455 asks nothing: a close behind much data, codes that nobody has assigned. */
  private static final List<String> INFORMATIONAL = List.of("7.1.6", "7.13.1", "7.13.2");

  /** What the gateway has found itself; most of it the server behind it would have found, too. */
  private static final Map<String, Integer> FOUND =
      Map.of(
          "reserved_bits", 7,
          "opcode", 10,
          "control_frame", 4,
          "continuation", 10,
          "utf_8", 76,
          "close_frame", 12);

  private static final Pattern NOT_OK = Pattern.compile("([0-9.]+) ([A-Z -]+), close ([A-Z -]+)");
  private static final Pattern RULE =
      Pattern.compile("weir_websocket_violations_total\\{by=\"client\",.*rule=\"(.*)\"}");

  @TempDir private Path directory;

  private String run(int port) throws Exception {
    assertThat(SUITE).as("the suite, which the build unpacks before tests").exists();
    Path output = directory.resolve("cases.log");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx300m",
                "-Dpython.cachedir.skip=true",
                "-jar",
                SUITE.resolve("jython.jar").toString(),
                CASES.toString(),
                SUITE.resolve("suite").toString(),
                "ws://127.0.0.1:" + port + "/",
                directory.resolve("reports").toString()));
    command.addAll(SELECTED);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean isOver = process.waitFor(MINUTES, TimeUnit.MINUTES);
      return Files.readString(output) + (isOver ? "" : "not over in " + MINUTES + " minutes");
    } finally {
      process.destroyForcibly();
    }
  }

  /** The second that the suite gives for a part of a text to be refused may be too short for us. */
  private static boolean isSlow(String line) {
    return line.startsWith("6.4.") && line.contains("NON-STRICT");
  }

  private static Map<String, Integer> found(TestGateway gateway) {
    Map<String, Integer> found = new TreeMap<>();
    gateway
        .metrics()
        .forEach(
            (metric, value) -> {
              Matcher rule = RULE.matcher(metric);
              if (rule.matches()) {
                found.put(rule.group(1), value.intValue());
              }
            });
    return found;
  }

  @Test
  void everyCasePasses() throws Exception {
    try (EchoServer echo = EchoServer.start();
        TestGateway gateway =
            TestGateway.start(
                "upstreams: {echo: http://127.0.0.1:%d}\nroutes: [{id: echo, to: echo}]\n"
                    .formatted(echo.port()))) {
      String output = run(gateway.port());

      assertThat(output).contains("255 cases: ");
      assertThat(output.lines().filter(NOT_OK.asMatchPredicate()).filter(line -> !isSlow(line)))
          .as(output)
          .containsExactlyElementsOf(
              INFORMATIONAL.stream()
                  .map(id -> id + " INFORMATIONAL, close INFORMATIONAL")
                  .toList());
      assertThat(found(gateway)).isEqualTo(FOUND);
    }
  }
}
