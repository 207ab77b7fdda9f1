package dev.weir.app.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.app.TestGateway;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.RawClient;
import dev.weir.testing.RawClient.Answer;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** in.4, X8: what is too much is refused by name, and never held. */
final class LimitsPathTest {

  private static final int MIB = 1 << 20;
  private static final String CUT = "weir_connections_cut_total{listener=\"data\",";
  private static final FakeUpstream UPSTREAM = new FakeUpstream();

  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.of(
          """
          limits: {target: 1KiB, headers: 4KiB, header-count: 20, connections: 8}
          client: {idle: 500ms, header-timeout: 300ms, write-stall: 500ms}
          upstreams:
            one: $1
          defaults: {max-body: 1KiB, timeouts: {idle: 300ms}}
          routes:
            - {id: large, path: /large, to: one, timeouts: {idle: 60s}}
            - {id: all, to: one}
          """,
          UPSTREAM);

  private static void assertRefused(Answer answer, int status, String code) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.field("content-type")).isEqualTo("application/problem+json");
    assertThat(answer.text()).contains("\"code\":\"" + code + "\"");
  }

  @Test
  void refusesABodyThatSaysItIsTooLarge() {
    RawClient client = GATEWAY.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1025\r\n\r\n");

    Answer answer = client.answer();
    assertRefused(answer, 413, "body_too_large");
    assertThat(answer.text()).contains("1024");
    assertThat(answer.field("connection")).isEqualTo("close");
    assertThat(UPSTREAM.pending()).as("nothing was asked for").isZero();
    assertThat(client.isAtEnd()).isTrue();
  }

  @Test
  void takesABodyThatIsJustNotTooLarge() {
    Answer answer = GATEWAY.client().request("POST", "/", "", "x".repeat(1024)).answer();

    assertThat(answer.status()).isEqualTo(200);
  }

  @Test
  void refusesABodyThatGrowsTooLarge() throws Exception {
    UPSTREAM.on(
        "/grows",
        exchange -> {
          exchange.body();
          throw new AssertionError("an incomplete body was taken for a complete one");
        });
    RawClient client = GATEWAY.client();
    client.send("POST /grows HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("200\r\n" + "x".repeat(512) + "\r\n");
    UPSTREAM.received();
    client.send("201\r\n" + "x".repeat(513) + "\r\n");

    assertRefused(client.answer(), 413, "body_too_large");
    assertThat(client.isAtEnd()).isTrue();
  }

  /** A client that is reset loses what it has not read yet; RFC 9112 §9.6. */
  @Test
  void letsAClientThatIsStillSendingReadWhyItWasRefused() {
    for (int i = 0; i < 20; i++) {
      RawClient client = GATEWAY.client();
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + 4 * MIB + "\r\n\r\n");
      client.send(new byte[4 * MIB]);

      assertRefused(client.answer(), 413, "body_too_large");
      client.close();
    }
  }

  @Test
  void letsAClientWithEndlessFieldsReadWhyItWasRefused() {
    for (int i = 0; i < 20; i++) {
      RawClient client = GATEWAY.client();
      client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + "x".repeat(MIB) + "\r\n\r\n");

      assertRefused(client.answer(), 431, "headers_too_large");
      client.close();
    }
  }

  @Test
  void cutsAClientThatGoesOnAfterARefusal() {
    RawClient client = GATEWAY.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + 1024L * MIB + "\r\n\r\n");
    assertRefused(client.answer(), 413, "body_too_large");

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 1024; i++) {
                client.send(new byte[MIB]);
              }
            })
        .as("a broken pipe or a reset")
        .hasRootCauseInstanceOf(SocketException.class);
  }

  @Test
  void refusesATargetThatIsTooLong() {
    assertThat(GATEWAY.get("/" + "x".repeat(1023)).status()).isEqualTo(200);
    assertRefused(GATEWAY.get("/" + "x".repeat(1024)), 414, "target_too_long");
    assertRefused(GATEWAY.get("/" + "x".repeat(70_000)), 414, "target_too_long");
  }

  @Test
  void refusesFieldsThatAreTooMany() {
    String nineteen = "X-Some: 1\r\n".repeat(19);
    assertThat(GATEWAY.get("/", nineteen).status()).isEqualTo(200);

    Answer answer = GATEWAY.get("/", nineteen + "X-One: 1\r\n");
    assertRefused(answer, 431, "too_many_headers");
    assertThat(answer.text()).contains("20");
  }

  @Test
  void refusesFieldsThatAreTooLarge() {
    assertThat(GATEWAY.get("/", "X-Long: " + "x".repeat(4_000) + "\r\n").status()).isEqualTo(200);
    assertRefused(
        GATEWAY.get("/", "X-Long: " + "x".repeat(4_096) + "\r\n"), 431, "headers_too_large");
  }

  @Test
  void closesConnectionsBeyondTheirNumber() {
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      RawClient client = GATEWAY.client();
      assertThat(client.get("/").answer().status()).isEqualTo(200);
      clients.add(client);
    }
    double cut =
        GATEWAY.metric("weir_connections_cut_total{listener=\"data\",reason=\"too_many\"}");

    assertThat(GATEWAY.client().isAtEnd()).isTrue();

    GATEWAY.awaitMetric(
        "weir_connections_cut_total{listener=\"data\",reason=\"too_many\"}", cut + 1);
    clients.get(0).close();
    GATEWAY.awaitMetric("weir_connections{listener=\"data\"}", 7);
    assertThat(GATEWAY.get("/").status()).as("room again").isEqualTo(200);
  }

  @Test
  void answers408ToAHeadThatDoesNotCome() {
    RawClient client = GATEWAY.client().send("GET / HTTP/1.1\r\nHos");

    Answer answer = client.answer();
    assertRefused(answer, 408, "client_stalled");
    assertThat(answer.field("connection")).isEqualTo("close");
    assertThat(client.isAtEnd()).isTrue();
  }

  @Test
  void answers408ToAHeadThatDrips() {
    RawClient client = GATEWAY.client();
    CompletableFuture<Void> unused =
        CompletableFuture.runAsync(
            () -> {
              client.send("GET / HTTP/1.1\r\n");
              for (int i = 0; i < 10; i++) {
                client.send("X-A: 1\r\n");
                pause(60);
              }
            });

    assertRefused(client.answer(), 408, "client_stalled");
  }

  /** How slow a client is; not something that a test waits for. */
  private static void pause(int millis) {
    try {
      boolean unused = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void answers408ToABodyThatDoesNotCome() {
    RawClient client = GATEWAY.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");

    assertRefused(client.answer(), 408, "client_stalled");
    assertThat(client.isAtEnd()).isTrue();
  }

  @Test
  void closesAConnectionWithoutRequests() {
    double cut = GATEWAY.metric("weir_connections_cut_total{listener=\"data\",reason=\"idle\"}");
    RawClient never = GATEWAY.client();
    RawClient noMore = GATEWAY.client();
    assertThat(noMore.get("/").answer().status()).isEqualTo(200);

    assertThat(never.isAtEnd()).isTrue();
    assertThat(noMore.isAtEnd()).isTrue();
    GATEWAY.awaitMetric("weir_connections_cut_total{listener=\"data\",reason=\"idle\"}", cut + 2);
  }

  @Test
  void doesNotTakeASlowAnswerForAnIdleConnection() {
    UPSTREAM.on(
        "/slow",
        exchange -> {
          exchange.pause(1_200);
          exchange.reply(200, "late");
        });

    assertThat(GATEWAY.get("/slow").text()).isEqualTo("late");
  }

  @Test
  void cutsAClientThatTakesNothing() {
    UPSTREAM.on("/large", exchange -> sendMebibytes(exchange, 256));
    RawClient client = GATEWAY.client(16_384).get("/large", "X-Request-Id: stalled\r\n");

    GATEWAY.awaitMetric(
        "weir_connections_cut_total{listener=\"data\",reason=\"write_stalled\"}", 1);
    assertThat(GATEWAY.logged("stalled").get("ended_by").asString()).isEqualTo("client");
    assertThatThrownBy(client::answer).isInstanceOf(IllegalStateException.class);
  }

  private static void sendMebibytes(FakeUpstream.Exchange exchange, int count) throws IOException {
    exchange.send("HTTP/1.1 200 OK\r\nContent-Length: " + (long) count * MIB + "\r\n\r\n");
    for (int i = 0; i < count; i++) {
      exchange.send(new byte[MIB]);
    }
  }

  private static FakeUpstream sendingMebibytes(String path, int count) {
    FakeUpstream own = new FakeUpstream();
    own.on(path, exchange -> sendMebibytes(exchange, count));
    return own;
  }

  private static TestGateway cuttingAfter(String stall, FakeUpstream upstream) {
    return TestGateway.start(
        """
        client: {write-stall: %s}
        upstreams: {one: $1}
        routes: [{id: all, to: one}]
        """
            .formatted(stall),
        upstream);
  }

  /**
   * The answer takes longer than a client may stand still. The kernel takes more of it only when a
   * third of its buffer is free again, for which this client needs a fraction of that time.
   */
  @Test
  void doesNotCutAClientThatIsSlow() {
    try (FakeUpstream own = sendingMebibytes("/slow", 24);
        TestGateway gateway = cuttingAfter("2s", own)) {
      RawClient client = gateway.client(16_384).get("/slow");
      assertThat(client.head().firstLine()).contains("200");
      long read = 0;
      for (int i = 0; i < 24; i++) {
        read += client.some(MIB).length;
        pause(120);
      }

      assertThat(read).isEqualTo(24 * MIB);
    }
  }

  /** The kernel has buffered more than this client reads in minutes. */
  @Test
  void doesNotCutAClientThatIsVerySlowButSteady() {
    try (FakeUpstream own = sendingMebibytes("/slow", 24);
        TestGateway gateway = cuttingAfter("1s", own)) {
      RawClient client = gateway.client(4_096).get("/slow");
      assertThat(client.head().firstLine()).contains("200");
      for (int i = 0; i < 40; i++) {
        assertThat(client.some(1_024)).as("piece %d", i).hasSize(1_024);
        pause(100);
      }
      assertThat(gateway.metric(CUT + "reason=\"write_stalled\"}")).isZero();
    }
  }

  @Test
  void answers408ToABodyThatDrips() {
    FakeUpstream own = new FakeUpstream();
    try (own;
        TestGateway gateway =
            TestGateway.start(
                """
            client: {min-body-rate: 1KiB}
            upstreams: {one: $1}
            routes: [{id: all, to: one}]
            """,
                own)) {
      RawClient client = gateway.client();
      CompletableFuture<Void> unused =
          CompletableFuture.runAsync(
              () -> {
                client.send("POST /drip HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
                for (int i = 0; i < 150; i++) {
                  client.send("x");
                  pause(60);
                }
              });

      assertRefused(client.answer(), 408, "client_stalled");
      gateway.awaitMetric(CUT + "reason=\"slow_body\"}", 1);
    }
  }

  /** What is slow here is the upstream, which reads nothing for longer than a window. */
  @Test
  void doesNotBlameAClientForASlowUpstream() {
    FakeUpstream own = new FakeUpstream();
    own.on(
        "/slow",
        exchange -> {
          exchange.pause(7_000);
          exchange.reply(200, "" + exchange.body().length);
        });
    try (own;
        TestGateway gateway =
            TestGateway.start(
                """
                client: {min-body-rate: 1MiB}
                upstreams: {one: $1}
                defaults: {max-body: 64MiB}
                routes: [{id: all, to: one}]
                """,
                own)) {
      RawClient client = gateway.client();
      client.send("PUT /slow HTTP/1.1\r\nHost: a\r\nContent-Length: " + 32 * MIB + "\r\n\r\n");
      client.send(new byte[32 * MIB]);

      assertThat(client.answer().text()).isEqualTo("" + 32 * MIB);
    }
  }

  /** RFC 9110 §10.1.1: it waits for our word, and we wait for a permit. */
  @Test
  void doesNotBlameAClientThatWaitsToBeAsked() {
    FakeUpstream own = new FakeUpstream();
    own.on(
        "/first",
        exchange -> {
          exchange.pause(7_000);
          exchange.reply(200, "late");
        });
    own.on("/second", exchange -> exchange.reply(200, exchange.text()));
    try (own;
        TestGateway gateway =
            TestGateway.start(
                """
                upstreams:
                  one: {endpoints: $1, concurrency: {max: 1, queue: 1, queue-timeout: 10s}}
                routes: [{id: all, to: one}]
                """,
                own)) {
      RawClient first = gateway.client().get("/first");
      assertThat(own.received().path()).isEqualTo("/first");
      RawClient client = gateway.client();
      client.send(
          "PUT /second HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");

      assertThat(first.answer().text()).isEqualTo("late");
      assertThat(client.head().firstLine()).contains("100");
      assertThat(client.send("ok").answer().text()).isEqualTo("ok");
    }
  }

  @Test
  void closesConnectionsBeyondTheirNumberFromOneAddress() {
    try (TestGateway gateway =
        TestGateway.start(
            """
            limits: {connections-per-address: 2}
            routes: [{id: all, respond: {status: 200}}]
            """)) {
      RawClient first = gateway.client();
      RawClient second = gateway.client();
      assertThat(first.get("/").answer().status()).isEqualTo(200);
      assertThat(second.get("/").answer().status()).isEqualTo(200);

      assertThat(gateway.client().isAtEnd()).isTrue();
      gateway.awaitMetric(CUT + "reason=\"too_many_of_address\"}", 1);
      first.close();
      gateway.awaitMetric("weir_connections{listener=\"data\"}", 1);
      assertThat(gateway.get("/").status()).isEqualTo(200);
    }
  }
}
