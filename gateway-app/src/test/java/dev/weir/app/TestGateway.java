package dev.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.config.Settings;
import dev.weir.app.config.SettingsReader;
import dev.weir.app.config.binding.Problem;
import dev.weir.app.config.binding.Reading;
import dev.weir.testing.Await;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A whole gateway on free ports of the loopback interface, between raw clients and upstreams that
 * do as they are told; for one class of tests as its extension, or for one test.
 *
 * <p>After each test it has to be quiet again: no permit out, no request in flight, no connection
 * in use. And when it is stopped, no step fails and no thread is left.
 */
public final class TestGateway
    implements BeforeAllCallback, AfterEachCallback, AfterAllCallback, AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();

  private final String yaml;
  private final String token;
  private final List<FakeUpstream> upstreams;
  private final Queue<RawClient> clients = new ConcurrentLinkedQueue<>();
  private Set<Thread> threadsBefore = Set.of();
  private Path accessLog;
  private Gateway gateway;

  private TestGateway(String yaml, String token, List<FakeUpstream> upstreams) {
    this.yaml = yaml;
    this.token = token;
    this.upstreams = upstreams;
  }

  /**
   * To be registered as the extension of a class, which starts it.
   *
   * @param yaml the configuration, in which {@code $1}, {@code $2} and so on stand for the
   *     addresses of the upstreams
   */
  public static TestGateway of(String yaml, FakeUpstream... upstreams) {
    return new TestGateway(yaml, "", List.of(upstreams));
  }

  /** For one test, which closes it. */
  public static TestGateway start(String yaml, FakeUpstream... upstreams) {
    return started(of(yaml, upstreams));
  }

  /** Likewise, with a token that the admin listener wants. */
  public static TestGateway withToken(String yaml, String token, FakeUpstream... upstreams) {
    return started(new TestGateway(yaml, token, List.of(upstreams)));
  }

  private static TestGateway started(TestGateway gateway) {
    gateway.start();
    return gateway;
  }

  private void start() {
    threadsBefore = threads();
    try {
      accessLog = Files.createTempFile("access", ".log");
      gateway = Wiring.start(settings());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Settings settings() {
    Reading<Settings> reading = new SettingsReader(name -> null).read("test.yaml", text());
    assertThat(reading.problems()).filteredOn(Problem::isError).isEmpty();
    return ((Reading.Accepted<Settings>) reading).settings();
  }

  private String text() {
    StringBuilder text = new StringBuilder(yaml);
    for (int i = 0; i < upstreams.size(); i++) {
      String placeholder = "$" + (i + 1);
      int at = text.indexOf(placeholder);
      while (at >= 0) {
        text.replace(at, at + placeholder.length(), upstreams.get(i).url());
        at = text.indexOf(placeholder);
      }
    }
    return unlessSaid("listen", "127.0.0.1:0")
        + unlessSaid("admin", adminSettings())
        + unlessSaid("event-loops", "2")
        + unlessSaid("drain", "{grace: 0s, finish: 5s}")
        + "access-log: "
        + accessLog
        + "\n"
        + text;
  }

  private String adminSettings() {
    return token.isEmpty() ? "127.0.0.1:0" : "{address: 127.0.0.1:0, token: " + token + "}";
  }

  private String unlessSaid(String key, String value) {
    boolean isSaid = ("\n" + yaml).contains("\n" + key + ":");
    return isSaid ? "" : key + ": " + value + "\n";
  }

  /** What runs; blocks where it does. */
  public Gateway running() {
    return gateway;
  }

  public int port() {
    return gateway.address().getPort();
  }

  /** Where it speaks TLS. */
  public int tlsPort() {
    return gateway.tlsAddress().getPort();
  }

  public int adminPort() {
    return gateway.adminAddress().getPort();
  }

  /** The first of its upstreams. */
  public FakeUpstream upstream() {
    return upstreams.get(0);
  }

  /** A client that is closed after the test. */
  public RawClient client() {
    return client(0);
  }

  /** Likewise, with a receive buffer of so many bytes. */
  public RawClient client(int receiveBuffer) {
    RawClient client = new RawClient(port(), receiveBuffer);
    clients.add(client);
    return client;
  }

  /** The answer to a client of its own. */
  public RawClient.Answer get(String target, String... fields) {
    try (RawClient client = new RawClient(port())) {
      return client.get(target, fields).answer();
    }
  }

  /** What the admin listener says to who has its token, if it wants one. */
  public RawClient.Answer admin(String target, String... fields) {
    String authorization = token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n";
    return adminWithoutToken(target, authorization + String.join("", fields));
  }

  /** What the admin listener says to anybody. */
  public RawClient.Answer adminWithoutToken(String target, String... fields) {
    try (RawClient client = new RawClient(adminPort())) {
      return client.get(target, withHost(String.join("", fields))).answer();
    }
  }

  private static String withHost(String fields) {
    return fields.contains("Host:") ? fields : "Host: 127.0.0.1\r\n" + fields;
  }

  /** All metrics, by their name and labels as they are written. */
  public Map<String, Double> metrics() {
    Map<String, Double> metrics = new TreeMap<>();
    for (String line : admin("/metrics").text().split("\n")) {
      if (!line.startsWith("#")) {
        int blank = line.lastIndexOf(' ');
        metrics.put(line.substring(0, blank), Double.parseDouble(line.substring(blank + 1)));
      }
    }
    return metrics;
  }

  /** One metric, by its name and labels; 0 if it is not there yet. */
  public double metric(String nameAndLabels) {
    return metrics().getOrDefault(nameAndLabels, 0.0);
  }

  /** Waits until a metric has that value. */
  public void awaitMetric(String nameAndLabels, double value) {
    Await.until(nameAndLabels + " is " + value, () -> metric(nameAndLabels) == value);
  }

  /** The line of the access log about the request with that id; waits for it. */
  public JsonNode logged(String requestId) {
    Await.until("a line about request " + requestId, () -> !lines(requestId).isEmpty());
    List<String> lines = lines(requestId);
    assertThat(lines).as("each request ends once").hasSize(1);
    return JSON.readTree(lines.get(0));
  }

  private List<String> lines(String requestId) {
    String wanted = "\"request_id\":\"" + requestId + "\"";
    return log().stream().filter(line -> line.contains(wanted)).toList();
  }

  /** The lines of the access log that are whole. */
  public List<String> log() {
    try {
      String text = Files.readString(accessLog);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes the clients, and waits until nothing is held for them. */
  public void awaitQuiet() {
    for (RawClient client = clients.poll(); client != null; client = clients.poll()) {
      client.close();
    }
    Await.until(() -> "nothing is held: " + held(), () -> held().isEmpty());
    for (FakeUpstream upstream : upstreams) {
      while (upstream.pending() > 0) {
        upstream.received();
      }
    }
  }

  private Map<String, Double> held() {
    Map<String, Double> metrics = metrics();
    metrics.entrySet().removeIf(metric -> metric.getValue() == 0 || !isHeld(metric.getKey()));
    return metrics;
  }

  private static boolean isHeld(String metric) {
    return metric.startsWith("weir_limit_in_use")
        || metric.startsWith("weir_limit_waiting")
        || metric.startsWith("weir_upstream_connections_active")
        || metric.startsWith("weir_websocket_open")
        || metric.startsWith("weir_replay_bytes")
        || metric.matches(
            "weir_(requests_in_flight|connections|tls_handshakes)\\{.*\"(data|tls)\"}");
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    start();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    awaitQuiet();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
    upstreams.forEach(FakeUpstream::close);
  }

  /** Stops it; nothing may fail, and nothing be left. */
  @Override
  public void close() {
    awaitQuiet();
    assertThat(gateway.stop()).isEmpty();
    assertNothingIsLeft();
  }

  /** After a stop. */
  public void assertNothingIsLeft() {
    upstreams.forEach(FakeUpstream::awaitNoConnections);
    Await.until("the gateway's threads end", () -> threadsBefore.containsAll(threads()));
    try {
      Files.deleteIfExists(accessLog);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("weir-"))
        .collect(Collectors.toSet());
  }
}
