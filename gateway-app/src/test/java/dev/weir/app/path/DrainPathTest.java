package dev.weir.app.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.app.TestGateway;
import dev.weir.testing.Await;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.FakeUpstream.Exchange;
import dev.weir.testing.RawClient;
import dev.weir.testing.RawClient.Answer;
import dev.weir.testing.Vigilance;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** X11, P1, life.1: the end of a gateway, in three phases, loses no request. */
final class DrainPathTest {

  private final FakeUpstream upstream = new FakeUpstream();

  @AfterEach
  void closeUpstream() {
    upstream.close();
  }

  private TestGateway gateway(String drain) {
    return TestGateway.start(
        "drain: " + drain + "\nupstreams: {one: $1}\nroutes: [{id: all, to: one}]\n", upstream);
  }

  private static CompletableFuture<List<String>> stop(TestGateway gateway) {
    return CompletableFuture.supplyAsync(() -> gateway.running().stop());
  }

  private static List<String> result(CompletableFuture<List<String>> stopping) throws Exception {
    return stopping.get(30, TimeUnit.SECONDS);
  }

  private static void awaitUnready(TestGateway gateway) {
    Await.until("it is not ready", () -> gateway.admin("/health/ready").status() == 503);
  }

  private static boolean accepts(TestGateway gateway) {
    try (RawClient client = new RawClient(gateway.port())) {
      return true;
    } catch (IllegalStateException refused) {
      return false;
    }
  }

  @Test
  void saysThatItWillEndBeforeItDoes() throws Exception {
    TestGateway gateway = gateway("{grace: 1500ms, finish: 5s}");
    assertThat(gateway.admin("/health/ready").status()).isEqualTo(200);
    RawClient known = gateway.client();
    assertThat(known.get("/").answer().field("connection")).isNull();

    CompletableFuture<List<String>> stopping = stop(gateway);
    awaitUnready(gateway);

    assertThat(gateway.admin("/health/ready").text()).contains("draining");
    assertThat(gateway.admin("/health/live").status()).isEqualTo(200);
    Answer toKnown = known.get("/").answer();
    assertThat(toKnown.status()).isEqualTo(200);
    assertThat(toKnown.field("connection")).isEqualTo("close");
    assertThat(known.isAtEnd()).isTrue();
    Answer toNew = gateway.get("/");
    assertThat(toNew.status()).as("the listener is open").isEqualTo(200);
    assertThat(toNew.field("connection")).isEqualTo("close");

    assertThat(result(stopping)).isEmpty();
    assertThat(accepts(gateway)).isFalse();
    gateway.assertNothingIsLeft();
  }

  @Test
  void acceptsNothingMoreAndLetsRequestsEnd() throws Exception {
    CountDownLatch isEnough = new CountDownLatch(1);
    upstream.on(
        "/head",
        exchange -> {
          isEnough.await();
          exchange.reply(200, "late");
        });
    upstream.on(
        "/body",
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf");
          isEnough.await();
          exchange.send("half");
        });
    TestGateway gateway = gateway("{grace: 0s, finish: 20s}");
    RawClient idle = gateway.client();
    assertThat(idle.get("/").answer().status()).isEqualTo(200);
    RawClient waiting = gateway.client().get("/head");
    RawClient reading = gateway.client().get("/body");
    assertThat(reading.head().firstLine()).contains("200");
    Await.until("both are asked", () -> upstream.pending() == 3);

    CompletableFuture<List<String>> stopping = stop(gateway);
    Await.until("nothing is accepted", () -> !accepts(gateway));
    assertThat(idle.isAtEnd()).isTrue();
    assertThat(stopping).as("it waits for two requests").isNotDone();
    isEnough.countDown();

    Answer late = waiting.answer();
    assertThat(late.text()).isEqualTo("late");
    assertThat(late.field("connection")).isEqualTo("close");
    assertThat(waiting.isAtEnd()).isTrue();
    assertThat(reading.some(8)).asString().isEqualTo("halfhalf");
    assertThat(reading.isAtEnd()).isTrue();
    assertThat(result(stopping)).isEmpty();
    gateway.assertNothingIsLeft();
  }

  @Test
  void tellsOfARequestThatDoesNotEndAndRunsAllStepsAllTheSame() throws Exception {
    Vigilance.expect("logged ERROR dev.weir.app.Shutdown");
    upstream.on("/hangs", Exchange::hang);
    TestGateway gateway = gateway("{grace: 0s, finish: 300ms}");
    RawClient hanging = gateway.client().get("/hangs");
    assertThat(upstream.received().path()).isEqualTo("/hangs");

    List<String> failures = result(stop(gateway));

    assertThat(failures).hasSize(1);
    assertThat(failures.get(0))
        .startsWith("let requests end: ")
        .endsWith("1 requests had not ended after 300 ms");
    assertThat(hanging.isAtEnd()).as("cut").isTrue();
    assertThatThrownBy(() -> gateway.admin("/health/live"))
        .as("the steps behind it were run")
        .isInstanceOf(IllegalStateException.class);
    gateway.assertNothingIsLeft();
  }

  @Test
  void stopsOnce() throws Exception {
    TestGateway gateway = gateway("{grace: 0s, finish: 5s}");

    assertThat(gateway.running().stop()).isEmpty();
    assertThat(gateway.running().stop()).isEmpty();
    gateway.assertNothingIsLeft();
  }

  /** Clients that open no connection once it is not ready, as behind a load balancer. */
  @Test
  void losesNoRequestOfClientsThatListen() throws Exception {
    TestGateway gateway = gateway("{grace: 500ms, finish: 5s}");
    AtomicInteger answered = new AtomicInteger();
    List<CompletableFuture<Void>> clients = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      RawClient client = gateway.client();
      clients.add(CompletableFuture.runAsync(() -> askUntilTold(client, answered)));
    }
    Await.until("all are busy", () -> answered.get() > 100);

    CompletableFuture<List<String>> stopping = stop(gateway);

    for (CompletableFuture<Void> client : clients) {
      client.get(20, TimeUnit.SECONDS);
    }
    assertThat(result(stopping)).isEmpty();
    gateway.assertNothingIsLeft();
  }

  private static void askUntilTold(RawClient client, AtomicInteger answered) {
    Answer answer;
    do {
      answer = client.get("/").answer();
      assertThat(answer.status()).isEqualTo(200);
      answered.incrementAndGet();
    } while (answer.field("connection") == null);
    client.close();
  }
}
