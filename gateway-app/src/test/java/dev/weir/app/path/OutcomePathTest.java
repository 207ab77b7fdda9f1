package dev.weir.app.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.Await;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.FakeUpstream.Exchange;
import dev.weir.testing.RawClient;
import dev.weir.testing.RawClient.Answer;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** P22, call.3: how a request ended, as the client, the log and the metrics are told. */
final class OutcomePathTest {

  private static final int MIB = 1 << 20;
  private static final JsonMapper JSON = new JsonMapper();
  private static final FakeUpstream UPSTREAM = new FakeUpstream();

  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.of(
          """
          upstreams:
            one: $1
            dead: http://127.0.0.1:1
            narrow: {endpoints: $1, concurrency: {max: 1, queue: 1, queue-timeout: 60s}}
          defaults: {retry: off, max-body: 64MiB}
          routes:
            - {id: fixed, path: /fixed, respond: {body: fixed}}
            - {id: dead, path: /dead, to: dead}
            - {id: narrow, path: /narrow, to: narrow}
            - {id: again, path: /again, to: dead, retry: {max: 1, base: 1m, cap: 1m},
               timeouts: {request: 10m}}
            - {id: timed, path: /timed, to: one, timeouts: {request: 100ms}}
            - {id: all, to: one}
          """,
          UPSTREAM);

  private static void assertEnded(JsonNode line, String by, String phase, String reason) {
    assertThat(line.path("ended_by").asString()).isEqualTo(by);
    assertThat(line.path("phase").asString()).isEqualTo(phase);
    assertThat(line.path("reason").asString("")).isEqualTo(reason);
  }

  private static String id(String id) {
    return "X-Request-Id: " + id + "\r\n";
  }

  @Test
  void explainsAFailureInAProblemDocument() {
    Answer answer = GATEWAY.get("/dead", id("problem"));

    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.field("content-type")).isEqualTo("application/problem+json");
    assertThat(answer.field("cache-control")).isEqualTo("no-store");
    JsonNode problem = JSON.readTree(answer.text());
    assertThat(problem.get("type").asString()).isEqualTo("urn:weir:failure:connect_failed");
    assertThat(problem.get("title").asString()).isNotEmpty();
    assertThat(problem.get("status").asInt()).isEqualTo(502);
    assertThat(problem.get("code").asString()).isEqualTo("connect_failed");
    assertThat(problem.get("advice").asString()).isNotEmpty();
    assertThat(problem.get("request_id").asString()).isEqualTo("problem");
    assertThat(problem.get("trace_id").asString()).matches("[0-9a-f]{32}");
    assertThat(problem.get("route").asString()).isEqualTo("dead");
    assertThat(problem.get("attempts").asInt()).isEqualTo(1);
    assertThat(answer.text()).as("where the upstream is").doesNotContain("127.0.0.1");
    assertThat(GATEWAY.logged("problem").get("detail").asString())
        .as("the log knows")
        .contains("127.0.0.1:1");
  }

  @Test
  void logsARequestThatRanToItsEnd() {
    RawClient client = GATEWAY.client();
    client.request("POST", "/a%7Eb?secret=1", id("complete"), "12345");
    assertThat(client.answer().text()).isEqualTo("ok");

    JsonNode line = GATEWAY.logged("complete");
    assertEnded(line, "nobody", "body", "");
    assertThat(line.get("time").asString()).matches("20..-..-..T..:..:..\\....Z");
    assertThat(line.get("trace_id").asString()).matches("[0-9a-f]{32}");
    assertThat(line.get("client").asString()).isEqualTo("127.0.0.1");
    assertThat(line.get("protocol").asString()).isEqualTo("HTTP/1.1");
    assertThat(line.get("method").asString()).isEqualTo("POST");
    assertThat(line.get("host").asString()).isEqualTo("example.com");
    assertThat(line.get("path").asString()).as("without its query").isEqualTo("/a~b");
    assertThat(line.get("route").asString()).isEqualTo("all");
    assertThat(line.get("status").asInt()).isEqualTo(200);
    assertThat(line.get("upstream").asString()).isEqualTo("one");
    assertThat(line.get("endpoint").asString()).isEqualTo(UPSTREAM.url());
    assertThat(line.get("attempts").asInt()).isEqualTo(1);
    assertThat(line.get("request_bytes").asInt()).isEqualTo(5);
    assertThat(line.get("response_bytes").asInt()).isEqualTo(2);
    assertThat(line.get("head_us").asLong()).isPositive();
    assertThat(line.get("total_us").asLong()).isGreaterThanOrEqualTo(line.get("head_us").asLong());
  }

  @Test
  void logsWhatItAnsweredByItself() {
    Answer fixed = GATEWAY.get("/fixed", id("fixed"));
    assertThat(fixed.status()).isEqualTo(200);
    assertEnded(GATEWAY.logged("fixed"), "nobody", "body", "");

    Answer refused = GATEWAY.get("/%zz");
    JsonNode line = GATEWAY.logged(refused.field("x-request-id"));
    assertEnded(line, "gateway", "request", "bad_target");
    assertThat(line.get("status").asInt()).isEqualTo(400);
    assertThat(line.get("route").asString()).isEqualTo("-");

    Answer unreadable = GATEWAY.client().send("GET / HTTP/1.1\r\nHost : a\r\n\r\n").answer();
    JsonNode unread = GATEWAY.logged(unreadable.field("x-request-id"));
    assertEnded(unread, "gateway", "request", "malformed_request");
  }

  @Test
  void logsAClientThatLeftWhileItWaited() {
    CountDownLatch isEnough = new CountDownLatch(1);
    UPSTREAM.on(
        "/narrow",
        exchange -> {
          isEnough.await();
          exchange.reply(200, "ok");
        });
    RawClient holder = GATEWAY.client().get("/narrow");
    GATEWAY.awaitMetric("weir_limit_in_use{limit=\"upstream narrow\"}", 1);
    RawClient leaving = GATEWAY.client().get("/narrow", id("left-queue"));
    GATEWAY.awaitMetric("weir_limit_waiting{limit=\"upstream narrow\"}", 1);
    leaving.reset();

    JsonNode line = GATEWAY.logged("left-queue");
    assertEnded(line, "client", "queue", "");
    assertThat(line.get("status").asInt()).isZero();
    assertThat(line.get("attempts").asInt()).isZero();
    isEnough.countDown();
    assertThat(holder.answer().status()).isEqualTo(200);
  }

  @Test
  void logsAClientThatLeftBetweenAttempts() {
    double before = GATEWAY.metric("weir_events_total{event=\"retried\",name=\"dead\"}");
    RawClient leaving = GATEWAY.client().get("/again", id("left-backoff"));
    GATEWAY.awaitMetric("weir_events_total{event=\"retried\",name=\"dead\"}", before + 1);
    leaving.reset();

    assertEnded(GATEWAY.logged("left-backoff"), "client", "backoff", "");
  }

  @Test
  void logsAClientThatLeftBeforeTheHead() {
    CountDownLatch isClosed = new CountDownLatch(1);
    UPSTREAM.on(
        "/never",
        exchange -> {
          exchange.hang();
          isClosed.countDown();
        });
    RawClient leaving = GATEWAY.client().get("/never", id("left-head"));
    assertThat(UPSTREAM.received().path()).isEqualTo("/never");
    leaving.reset();

    assertEnded(GATEWAY.logged("left-head"), "client", "head", "");
    Await.until("the upstream is told", () -> isClosed.getCount() == 0);
  }

  @Test
  void logsAClientThatLeftInsideTheBody() {
    UPSTREAM.on(
        "/endless",
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\nContent-Length: " + 64 * MIB + "\r\n\r\n");
          for (int i = 0; i < 64; i++) {
            exchange.send(new byte[MIB]);
          }
        });
    RawClient leaving = GATEWAY.client().get("/endless", id("left-body"));
    assertThat(leaving.some(MIB)).hasSize(MIB);
    leaving.reset();

    JsonNode line = GATEWAY.logged("left-body");
    assertEnded(line, "client", "body", "");
    assertThat(line.get("status").asInt()).isEqualTo(200);
    assertThat(line.get("response_bytes").asLong()).isBetween((long) MIB / 2, 64L * MIB - 1);
  }

  @Test
  void logsAClientThatLeftInsideItsOwnBody() {
    RawClient leaving = GATEWAY.client();
    leaving.send(
        "PUT /a HTTP/1.1\r\nHost: a\r\n" + id("left-upload") + "Content-Length: 9\r\n\r\nhalf");
    assertThat(UPSTREAM.received().path()).isEqualTo("/a");
    leaving.reset();

    JsonNode line = GATEWAY.logged("left-upload");
    assertThat(line.get("ended_by").asString()).isEqualTo("client");
    assertThat(line.get("phase").asString()).isEqualTo("head");
  }

  @Test
  void logsAnUpstreamThatBrokeOff() {
    UPSTREAM.on(
        "/cut",
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
          exchange.close();
        });
    RawClient client = GATEWAY.client().get("/cut", id("cut"));
    assertThat(client.head().firstLine()).contains("200");
    assertThat(client.some(10)).asString().isEqualTo("half");

    JsonNode line = GATEWAY.logged("cut");
    assertEnded(line, "upstream", "body", "upstream_closed");
    assertThat(line.get("status").asInt()).isEqualTo(200);
    assertThat(line.get("response_bytes").asInt()).isEqualTo(4);
  }

  @Test
  void logsARequestWhoseTimeWasUp() {
    UPSTREAM.on("/timed", Exchange::hang);

    assertThat(GATEWAY.get("/timed", id("timed")).status()).isEqualTo(504);

    JsonNode line = GATEWAY.logged("timed");
    assertEnded(line, "gateway", "head", "deadline_exceeded");
    assertThat(line.get("total_us").asLong()).isGreaterThanOrEqualTo(100_000);
  }

  /** Counted as well; which is done when the answer is out. */
  private static void settled(Answer answer) {
    assertThat(GATEWAY.logged(answer.field("x-request-id"))).isNotNull();
  }

  @Test
  void countsByRouteUpstreamAndReason() {
    settled(GATEWAY.get("/dead"));
    settled(GATEWAY.get("/fixed"));

    Map<String, Double> metrics = GATEWAY.metrics();
    assertThat(metrics)
        .containsKeys(
            "weir_requests_seconds_count{route=\"fixed\",status=\"2xx\"}",
            "weir_requests_seconds_count{route=\"dead\",status=\"5xx\"}",
            "weir_requests_cut_total{by=\"upstream\",reason=\"connect_failed\",route=\"dead\"}",
            "weir_attempts_seconds_count{status=\"none\",upstream=\"dead\"}",
            "weir_attempts_failed_total{reason=\"connect_failed\",upstream=\"dead\"}",
            "weir_limit_in_use{limit=\"gateway\"}",
            "weir_limit_waiting{limit=\"upstream one\"}",
            "weir_limit_max{limit=\"upstream narrow\"}",
            "weir_breaker_state{state=\"closed\",upstream=\"one\"}",
            "weir_upstream_connections_active{upstream=\"one\"}",
            "weir_upstream_connections_idle{upstream=\"one\"}",
            "weir_connections{listener=\"data\"}",
            "weir_requests_in_flight{listener=\"data\"}",
            "weir_connections_cut_total{listener=\"data\",reason=\"slow_head\"}",
            "weir_replay_bytes",
            "weir_timers",
            "weir_log_dropped_total{log=\"access\"}");
  }

  @Test
  void makesNoMetricOfWhatAClientSays() {
    settled(GATEWAY.get("/fixed"));
    settled(GATEWAY.get("/hostile-0"));
    settled(GATEWAY.client().request("HOSTILE-M", "/fixed", "", "").answer());
    settled(GATEWAY.get("/%zz"));
    Set<String> before = GATEWAY.metrics().keySet();

    RawClient client = GATEWAY.client();
    for (int i = 0; i < 200; i++) {
      client.get("/hostile-" + i, "X-Request-Id: hostile" + i + "\r\n");
      assertThat(client.answer().status()).isEqualTo(200);
      client.request("HOSTILE-M" + i, "/hostile-" + i, "", "");
      assertThat(client.answer().status()).isEqualTo(501);
    }

    Set<String> after = GATEWAY.metrics().keySet();
    assertThat(after).as("call.3: bounded by the configuration").isSubsetOf(before);
    assertThat(after).noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("hostile"));
  }
}
