package dev.weir.app.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.Await;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.FakeUpstream.Exchange;
import dev.weir.testing.RawClient;
import dev.weir.testing.RawClient.Answer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** call.1, call.2, call.3, up.2: what is repeated, refused, left alone and given up. */
final class ResiliencePathTest {

  private static final FakeUpstream ONE = new FakeUpstream();
  private static final FakeUpstream OTHER = new FakeUpstream();

  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.of(
          """
          upstreams:
            one: {endpoints: $1, breaker: off, retry-budget: {percent: 100%, min-per-second: 100}}
            two: {endpoints: [$1, $2], breaker: off, retry-budget: {min-per-second: 100}}
            half-dead: {endpoints: [$1, "http://127.0.0.1:1"], breaker: off,
                        retry-budget: {percent: 100%, min-per-second: 100}}
            thrifty: {endpoints: $1, breaker: off, retry-budget: {percent: 0%, min-per-second: 1}}
            fragile: {endpoints: $1, breaker: {min-calls: 3, open: 300ms, max-open: 300ms, probes: 1}}
            narrow: {endpoints: $1, concurrency: {max: 1, queue: 1, queue-timeout: 100ms}}
            patient: {endpoints: $1, concurrency: {max: 1, queue: 1, queue-timeout: 60s}}
            full: {endpoints: $1, concurrency: {max: 1, queue: 0}}
          defaults:
            retry: {max: 2, base: 1ms, cap: 2ms, replay: 1KiB}
          routes:
            - {id: two, path: /two/*, to: two}
            - {id: half-dead, path: /half-dead/*, to: half-dead}
            - {id: thrifty, path: /thrifty/*, to: thrifty}
            - {id: fragile, path: /fragile/*, to: fragile, retry: off}
            - {id: narrow, path: /narrow/*, to: narrow}
            - {id: patient, path: /patient/*, to: patient}
            - {id: full, path: /full/*, to: full}
            - {id: limited, path: /limited/*, to: one, concurrency: {max: 1}}
            - {id: short, path: /short/*, to: one, timeouts: {request: 300ms}}
            - {id: attempts, path: /attempts/*, to: one, timeouts: {request: 5s, attempt: 100ms}}
            - {id: idle, path: /idle/*, to: one, timeouts: {idle: 200ms}}
            - {id: exchange, path: /exchange/*, to: one,
               timeouts: {request: 200ms, exchange: 400ms}}
            - {id: all, to: one}
          """,
          ONE, OTHER);

  /** Fails so often, then answers. */
  private static AtomicInteger failing(String path, int times, FakeUpstream.Script failure) {
    AtomicInteger asked = new AtomicInteger();
    ONE.on(
        path,
        exchange -> {
          if (asked.incrementAndGet() <= times) {
            failure.play(exchange);
          } else {
            exchange.reply(200, exchange.text());
          }
        });
    return asked;
  }

  private static void assertFailed(Answer answer, int status, String code) {
    assertThat(answer.text()).contains("\"code\":\"" + code + "\"");
    assertThat(answer.status()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(ints = {502, 503, 504})
  void repeatsAnswersThatAreWorthIt(int status) {
    AtomicInteger asked = failing("/status" + status, 2, any -> any.reply(status, "no"));

    assertThat(GATEWAY.get("/status" + status).status()).isEqualTo(200);
    assertThat(asked).hasValue(3);
  }

  @Test
  void passesTheLastAnswerOnWhenItHasTriedOftenEnough() {
    AtomicInteger asked = failing("/always", 100, any -> any.reply(503, "theirs"));

    Answer answer = GATEWAY.get("/always");
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.text()).isEqualTo("theirs");
    assertThat(asked).hasValue(3);
  }

  @Test
  void repeatsAfterAConnectionThatBreaks() {
    AtomicInteger asked = failing("/resets", 2, Exchange::reset);

    assertThat(GATEWAY.get("/resets").status()).isEqualTo(200);
    assertThat(asked).hasValue(3);
  }

  @Test
  void repeatsNothingThatMayHaveBeenDone() {
    AtomicInteger asked = failing("/post", 1, Exchange::reset);

    Answer answer = GATEWAY.client().request("POST", "/post", "", "body").answer();
    assertFailed(answer, 502, "upstream_closed");
    assertThat(asked).hasValue(1);
  }

  @Test
  void repeatsWithItsBodyWhatHasAKey() {
    AtomicInteger asked = failing("/key", 2, Exchange::reset);

    Answer answer =
        GATEWAY.client().request("POST", "/key", "Idempotency-Key: \"1\"\r\n", "body").answer();
    assertThat(answer.text()).isEqualTo("body");
    assertThat(asked).hasValue(3);
  }

  @Test
  void repeatsNoBodyThatIsTooLargeToBeKept() {
    AtomicInteger asked = failing("/large", 1, exchange -> exchange.reply(503, "no"));

    Answer answer = GATEWAY.client().request("PUT", "/large", "", "x".repeat(5_000)).answer();
    assertThat(answer.status()).isEqualTo(503);
    assertThat(asked).hasValue(1);
    assertThat(GATEWAY.metric("weir_events_total{event=\"replay_too_large\",name=\"all\"}"))
        .isPositive();
  }

  @Test
  void repeatsNothingOfWhichAByteWasDelivered() {
    AtomicInteger asked =
        failing(
            "/begun",
            1,
            exchange -> {
              exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
              exchange.reset();
            });
    RawClient client = GATEWAY.client().get("/begun");

    assertThat(client.head().firstLine()).contains("200");
    assertThat(client.some(10)).asString().isEqualTo("half");
    assertThat(asked).hasValue(1);
  }

  @Test
  void asksAnotherEndpoint() {
    ONE.on("/two/a", exchange -> exchange.reply(503, "one"));
    OTHER.on("/two/a", exchange -> exchange.reply(200, "other"));

    for (int i = 0; i < 10; i++) {
      assertThat(GATEWAY.get("/two/a").text()).isEqualTo("other");
    }
  }

  @Test
  void survivesADeadEndpointWithAnyMethod() {
    for (int i = 0; i < 10; i++) {
      Answer answer = GATEWAY.client().request("POST", "/half-dead/a", "", "body").answer();
      assertThat(answer.status()).isEqualTo(200);
    }
  }

  @Test
  void waitsAsLongAsTheUpstreamWants() {
    AtomicInteger asked =
        failing("/retry-after", 1, any -> any.reply(503, "no", "Retry-After: 1\r\n"));
    long start = System.nanoTime();

    assertThat(GATEWAY.get("/retry-after").status()).isEqualTo(200);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
    assertThat(asked).hasValue(2);
  }

  @Test
  void doesNotWaitBeyondTheDeadline() {
    AtomicInteger asked =
        failing("/short/retry-after", 1, any -> any.reply(503, "no", "Retry-After: 9\r\n"));

    assertThat(GATEWAY.get("/short/retry-after").status()).isEqualTo(503);
    assertThat(asked).hasValue(1);
  }

  @Test
  void repeatsNoMoreThanItsBudgetAllows() {
    AtomicInteger asked = failing("/thrifty/a", 1_000, any -> any.reply(503, "no"));

    for (int i = 0; i < 50; i++) {
      assertThat(GATEWAY.get("/thrifty/a").status()).isEqualTo(503);
    }

    assertThat(asked.get()).as("1 a second over 10 seconds").isBetween(51, 61);
    assertThat(
            GATEWAY.metric("weir_events_total{event=\"retry_budget_exhausted\",name=\"thrifty\"}"))
        .isPositive();
  }

  @Test
  void leavesAFailingUpstreamAloneAndLooksAgain() {
    AtomicInteger asked = failing("/fragile/a", 3, any -> any.reply(500, "no"));
    for (int i = 0; i < 3; i++) {
      assertThat(GATEWAY.get("/fragile/a").status()).isEqualTo(500);
    }

    Answer refused = GATEWAY.get("/fragile/a");
    assertFailed(refused, 503, "breaker_open");
    assertThat(refused.field("retry-after")).isEqualTo("1");
    assertThat(refused.text()).contains("\"attempts\":1");
    assertThat(asked).as("not asked").hasValue(3);
    assertThat(GATEWAY.metric("weir_breaker_state{state=\"open\",upstream=\"fragile\"}"))
        .isEqualTo(1);

    Await.until("it is well again", () -> GATEWAY.get("/fragile/a").status() == 200);
    GATEWAY.awaitMetric("weir_breaker_state{state=\"closed\",upstream=\"fragile\"}", 1);
    assertThat(GATEWAY.metric("weir_breaker_changes_total{to=\"half_open\",upstream=\"fragile\"}"))
        .isPositive();
  }

  @ParameterizedTest
  @CsvSource({"/full/, upstream full", "/limited/, route limited"})
  void refusesAtOnceWhatFindsNoRoom(String path, String limit) {
    CountDownLatch isEnough = new CountDownLatch(1);
    ONE.on(
        path + "holds",
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
          isEnough.await();
          exchange.send("ok");
        });
    RawClient holder = GATEWAY.client().get(path + "holds");
    assertThat(holder.head().firstLine()).as("its head is here, its body is not").contains("200");

    Answer refused = GATEWAY.get(path + "other");
    assertFailed(refused, 503, "queue_full");
    assertThat(refused.text()).contains(limit + ": 1 running, 0 waiting");
    assertThat(refused.field("retry-after")).isEqualTo("1");

    isEnough.countDown();
    assertThat(holder.some(2)).asString().isEqualTo("ok");
    Await.until("the permit is back", () -> GATEWAY.get(path + "other").status() == 200);
  }

  @Test
  void refusesWhatHasWaitedForTooLong() {
    CountDownLatch isEnough = new CountDownLatch(1);
    ONE.on(
        "/narrow/holds",
        exchange -> {
          isEnough.await();
          exchange.reply(200, "ok");
        });
    RawClient holder = GATEWAY.client().get("/narrow/holds");
    assertThat(ONE.received().path()).isEqualTo("/narrow/holds");

    Answer refused = GATEWAY.get("/narrow/other", "X-Request-Id: waited\r\n");
    assertFailed(refused, 503, "queue_timeout");
    assertThat(refused.text()).contains("upstream narrow: waited 100 ms");
    assertThat(GATEWAY.logged("waited").get("phase").asString()).isEqualTo("queue");

    isEnough.countDown();
    assertThat(holder.answer().text()).isEqualTo("ok");
  }

  @Test
  void servesWhoWaitsWhenItsTurnComes() {
    CountDownLatch isEnough = new CountDownLatch(1);
    ONE.on(
        "/patient/turn",
        exchange -> {
          isEnough.await();
          exchange.reply(200, "ok");
        });
    RawClient holder = GATEWAY.client().get("/patient/turn");
    assertThat(ONE.received().path()).isEqualTo("/patient/turn");
    RawClient waiting = GATEWAY.client().get("/patient/turn");
    GATEWAY.awaitMetric("weir_limit_waiting{limit=\"upstream patient\"}", 1);
    isEnough.countDown();

    assertThat(holder.answer().status()).isEqualTo(200);
    assertThat(waiting.answer().status()).isEqualTo(200);
  }

  @Test
  void boundsRequestsOfTheWholeGateway() {
    try (FakeUpstream own = new FakeUpstream();
        TestGateway gateway =
            TestGateway.start(
                "concurrency: {max: 1, queue: 0}\nupstreams: {one: $1}\nroutes: [{id: all, to: one}]\n",
                own)) {
      CountDownLatch isEnough = new CountDownLatch(1);
      own.on(
          "/holds",
          exchange -> {
            isEnough.await();
            exchange.reply(200, "ok");
          });
      RawClient holder = gateway.client().get("/holds");
      assertThat(own.received().path()).isEqualTo("/holds");

      Answer refused = gateway.get("/");
      assertFailed(refused, 503, "queue_full");
      assertThat(refused.text()).contains("gateway: 1 running, 0 waiting");

      isEnough.countDown();
      assertThat(holder.answer().status()).isEqualTo(200);
    }
  }

  @Test
  void endsARequestAtItsDeadline() {
    CountDownLatch isClosed = new CountDownLatch(1);
    ONE.on(
        "/short/hangs",
        exchange -> {
          exchange.hang();
          isClosed.countDown();
        });

    Answer answer = GATEWAY.get("/short/hangs");
    assertFailed(answer, 504, "deadline_exceeded");
    Await.until("the upstream is told", () -> isClosed.getCount() == 0);
  }

  @Test
  void givesUpAnAttemptThatHangsAndMakesAnother() {
    AtomicInteger asked = failing("/attempts/hangs", 1, Exchange::hang);
    assertThat(GATEWAY.get("/attempts/hangs").status()).isEqualTo(200);
    assertThat(asked).hasValue(2);

    AtomicInteger posts = failing("/attempts/post", 9, Exchange::hang);
    Answer answer = GATEWAY.client().request("POST", "/attempts/post", "", "").answer();
    assertFailed(answer, 504, "attempt_timeout");
    assertThat(posts).hasValue(1);
  }

  @Test
  void cutsABodyThatStandsStill() {
    ONE.on(
        "/idle/a",
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
          exchange.hang();
        });
    RawClient client = GATEWAY.client().get("/idle/a", "X-Request-Id: idle\r\n");

    assertThat(client.head().firstLine()).contains("200");
    assertThat(client.some(10)).asString().isEqualTo("half");
    assertThat(GATEWAY.logged("idle").get("reason").asString()).isEqualTo("upstream_stalled");
  }

  @Test
  void cutsABodyThatGoesOnForTooLong() {
    ONE.on(
        "/exchange/drips",
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          while (true) {
            exchange.send("1\r\nx\r\n");
            exchange.pause(20);
          }
        });
    RawClient client = GATEWAY.client().get("/exchange/drips", "X-Request-Id: drips\r\n");

    assertThat(client.head().firstLine()).contains("200");
    assertThat(client.some(1 << 20)).asString().doesNotContain("0\r\n\r\n");
    assertThat(GATEWAY.logged("drips").get("reason").asString()).isEqualTo("deadline_exceeded");
  }

  @Test
  void keepsToTheTimeThatTheClientGives() {
    ONE.on("/hangs", Exchange::hang);

    Answer answer = GATEWAY.get("/hangs", "X-Request-Timeout: 150ms\r\n");
    assertFailed(answer, 504, "deadline_exceeded");
    String told = ONE.received().head().get("x-request-timeout");
    assertThat(told).matches("[0-9]+ms");
    assertThat(Integer.parseInt(told.replace("ms", ""))).isBetween(1, 150);

    assertThat(GATEWAY.get("/a", "X-Request-Timeout: 1h\r\n").status()).isEqualTo(400);
    assertThat(GATEWAY.get("/short/a", "X-Request-Timeout: 9m\r\n").status()).isEqualTo(200);
    String clamped = ONE.received().head().get("x-request-timeout");
    assertThat(Integer.parseInt(clamped.replace("ms", ""))).isBetween(1, 300);
  }
}
