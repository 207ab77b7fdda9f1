package dev.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.config.GeneratedPage;
import dev.weir.app.config.Settings;
import dev.weir.app.config.binding.Reading;
import dev.weir.app.demo.DemoUpstreams;
import dev.weir.app.redis.RedisServer;
import dev.weir.telemetry.Event;
import dev.weir.testing.Await;
import dev.weir.testing.TestAuthority;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.netty.resources.LoopResources;

/** {@code docs/metrics.md} is what a gateway says at {@code /metrics} when all has happened. */
final class MetricsPageTest {

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);
  private static final Pattern HELP = Pattern.compile("# HELP (\\S+) (.*)");
  private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
  private static final Pattern SAMPLE = Pattern.compile("(\\w+)\\{(.*)} .*");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

  private static final String INTRODUCTION =
      """
      # Metrics

      <!-- Written by MetricsPageTest from what a gateway says; the test says how to write it anew. -->

      The admin listener gives them at `/metrics`, in the text format of Prometheus. Labels are names out of the
      configuration (`route`, `upstream`, `limit`), classes of status, and the gateway's own codes (`reason` is one of
      [failures.md](failures.md)), never anything that a client has made; so the number of series is bounded by the
      configuration. A series appears when what it counts has happened for the first time.

      | name | type | labels | meaning |
      |---|---|---|---|
      """;

  private static final String EVENTS =
      """

      The label `event` is one of %s; `name` is the route, upstream, field or thread that the event is about.
      """;

  private final RedisServer redis = RedisServer.start();
  @TempDir private Path directory;

  private final LoopResources loops = LoopResources.create("demo-upstreams", 1, true);
  private final DemoUpstreams upstreams = DemoUpstreams.start(loops);
  private Gateway gateway;

  @BeforeEach
  void start() throws IOException {
    Reading<Settings> reading =
        PrepareCommand.settings(
            DemoCommand.configuration(upstreams) + "redis: " + redis.address() + "\n" + tls());
    gateway = Wiring.start(((Reading.Accepted<Settings>) reading).settings());
  }

  private String tls() throws IOException {
    TestAuthority.Issued issued = new TestAuthority("Test").issue("localhost");
    Path certificate = Files.writeString(directory.resolve("a.pem"), issued.certificatePem());
    Path key = Files.writeString(directory.resolve("a.key"), issued.keyPem());
    return "\ntls: {listen: 127.0.0.1:0, certificates: [{certificate: %s, key: %s}]}\n"
        .formatted(certificate, key);
  }

  @AfterEach
  void stop() {
    assertThat(gateway.stop()).isEmpty();
    redis.close();
    upstreams.close().block(CLOSE_LIMIT);
    loops.disposeLater(Duration.ZERO, CLOSE_LIMIT).block(CLOSE_LIMIT);
  }

  @Test
  void tellsEveryMetric() throws IOException {
    InetSocketAddress admin = gateway.adminAddress();
    Await.until("links to Redis", () -> !metric("weir_redis_links{state=\"up\"}").equals("0.0"));
    new Rehearsal(gateway.address(), admin).run();
    redis.kill();
    Await.until("no links", () -> metric("weir_redis_links{state=\"up\"}").equals("0.0"));
    new Rehearsal(gateway.address(), admin).run();

    GeneratedPage.isCurrent("metrics.md", page(scrape(gateway.adminAddress())));
  }

  private String metric(String nameAndLabels) {
    try {
      return scrape(gateway.adminAddress())
          .lines()
          .filter(line -> line.startsWith(nameAndLabels + " "))
          .map(line -> line.substring(nameAndLabels.length() + 1))
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String page(String scrape) {
    Map<String, String> meanings = new TreeMap<>();
    Map<String, String> types = new TreeMap<>();
    Map<String, TreeSet<String>> labels = new TreeMap<>();
    for (String line : scrape.lines().toList()) {
      Matcher help = HELP.matcher(line);
      Matcher type = TYPE.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (help.matches()) {
        meanings.put(help.group(1), help.group(2));
      } else if (type.matches()) {
        types.put(type.group(1), type.group(2));
      } else if (sample.matches()) {
        String family = sample.group(1).replaceAll("_(bucket|count|sum)$", "");
        LABEL
            .matcher(sample.group(2))
            .results()
            .map(label -> "`" + label.group(1) + "`")
            .filter(label -> !label.equals("`le`"))
            .forEach(label -> labels.computeIfAbsent(family, f -> new TreeSet<>()).add(label));
      }
    }
    assertThat(meanings).hasSizeGreaterThan(15);
    return meanings.keySet().stream()
            .map(
                name ->
                    "| `%s` | %s | %s | %s |%n"
                        .formatted(
                            name,
                            types.get(name),
                            String.join(", ", labels.getOrDefault(name, new TreeSet<>())),
                            meanings.get(name)))
            .collect(Collectors.joining("", INTRODUCTION, ""))
        + EVENTS.formatted(
            Stream.of(Event.values())
                .map(event -> "`" + event.code() + "`")
                .collect(Collectors.joining(", ")));
  }

  private static String scrape(InetSocketAddress admin) throws IOException {
    try (Socket socket = new Socket(admin.getAddress(), admin.getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
