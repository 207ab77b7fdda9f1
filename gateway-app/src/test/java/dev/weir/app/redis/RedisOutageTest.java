package dev.weir.app.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.app.redis.LimitLoad.Told;
import dev.weir.testing.Await;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * rate.2, rate.3, X10, P8: whatever happens to Redis, under load, each limit does what it wants to,
 * at once, and Redis is asked again when it is back. No answer is lost, nothing is held.
 *
 * <p>With {@code -Dweir.measure} it says how long decisions took.
 */
final class RedisOutageTest {

  private static final String UP = "weir_redis_links{state=\"up\"}";
  private static final int SOME = 150;

  /** Longer than a machine that does other things as well may take to answer. */
  private static final String TIMEOUT = System.getProperty("weir.timeout", "500ms");

  private RedisServer redis;
  private DelayingProxy proxy;
  private TestGateway gateway;
  private LimitLoad load;

  @BeforeEach
  void start() {
    redis = RedisServer.start("--busy-reply-threshold", "50");
    proxy = new DelayingProxy(redis.port());
    String limit = "rate: 1000000, per: 1h, key: \"header:x-id\"";
    gateway =
        TestGateway.start(
            """
            redis: {nodes: "%s", command-timeout: %s, hang: 2s, heartbeat: 100ms}
            rate-limits:
              closed: {%s}
              open: {%s, on-failure: open}
              local: {%s, on-failure: local}
              leased: {%s, mode: leased}
            routes:
              - {id: closed, path: /closed, rate-limits: closed, respond: {body: ok}}
              - {id: open, path: /open, rate-limits: open, respond: {body: ok}}
              - {id: local, path: /local, rate-limits: local, respond: {body: ok}}
              - {id: leased, path: /leased, rate-limits: leased, respond: {body: ok}}
            """
                .formatted(proxy.address(), TIMEOUT, limit, limit, limit, limit));
    gateway.awaitMetric(UP, 2);
    load = LimitLoad.start(gateway.port(), 4, "/closed", "/open", "/local", "/leased");
    assertWell("before");
  }

  @AfterEach
  void stop() {
    load.close();
    gateway.awaitMetric("weir_redis_in_flight", 0);
    gateway.close();
    proxy.close();
    redis.close();
  }

  private List<Told> more(String when) {
    load.take();
    Await.until("answers " + when, () -> load.count() >= SOME);
    List<Told> told = load.take();
    if (System.getProperty("weir.measure") != null) {
      System.err.printf(
          "%s: p50 %.2f ms, p99 %.2f ms of %d%n",
          when,
          LimitLoad.percentileMillis(told, 50),
          LimitLoad.percentileMillis(told, 99),
          told.size());
    }
    return told;
  }

  /** All limits are asked in Redis, and allow. */
  private void assertWell(String when) {
    assertThat(more(when)).allSatisfy(one -> assertThat(one.status()).as("%s", one).isEqualTo(200));
    assertThat(more(when)).allSatisfy(one -> assertThat(one.degraded()).as("%s", one).isNull());
  }

  /** No limit is asked in Redis, and each does what it wants to. */
  private void assertDegraded(String when) {
    gateway.awaitMetric(UP, 0);
    for (Told one : more(when)) {
      switch (one.path()) {
        case "/closed" -> {
          assertThat(one.status()).as("%s", one).isEqualTo(503);
          assertThat(one.code()).isEqualTo("RATE_LIMIT_SERVICE_ERROR");
        }
        case "/open" -> {
          assertThat(one.status()).as("%s", one).isEqualTo(200);
          assertThat(one.degraded()).as("%s", one).isEqualTo("open");
        }
        case "/local" -> {
          assertThat(one.status()).as("%s", one).isEqualTo(200);
          assertThat(one.degraded()).as("%s", one).isEqualTo("local");
        }
        default -> assertThat(one.status()).as("a lease may last a while").isIn(200, 503);
      }
    }
  }

  private void assertComesBack(String after) {
    long start = System.nanoTime();
    gateway.awaitMetric(UP, 2);
    if (System.getProperty("weir.measure") != null) {
      System.err.printf("%s: back after %d ms%n", after, (System.nanoTime() - start) / 1_000_000);
    }
    assertWell("after " + after);
  }

  @Test
  void killed() {
    redis.kill();
    assertDegraded("killed");
    redis.restart();
    assertComesBack("killed");
  }

  @Test
  void hung() {
    redis.pause();
    load.take();
    gateway.awaitMetric(UP, 0);
    assertThat(load.take()).allSatisfy(one -> assertThat(one.status()).isIn(200, 503));
    assertDegraded("hung");
    redis.resume();
    assertComesBack("hung");
  }

  @Test
  void slow() {
    proxy.delay(1_000);
    assertDegraded("slow");
    proxy.delay(0);
    assertComesBack("slow");
  }

  /** Up and down in quick turns: every answer is one of those that are wanted, and it recovers. */
  @Test
  void flapping() {
    load.take();
    int turns = Integer.getInteger("weir.turns", 3);
    for (int i = 0; i < turns; i++) {
      redis.kill();
      Await.until("answers", () -> load.count() > 50);
      redis.restart();
    }
    assertThat(load.take())
        .allSatisfy(
            one ->
                assertThat(one.status())
                    .as("%s", one)
                    .isIn(
                        one.path().equals("/closed") || one.path().equals("/leased")
                            ? List.of(200, 503)
                            : List.of(200)));
    assertComesBack("flapping");
  }

  @Test
  void madeAReplica() {
    redis.command("REPLICAOF", "127.0.0.1", "1");
    assertDegraded("read-only");
    redis.command("REPLICAOF", "NO", "ONE");
    assertComesBack("read-only");
  }

  @Test
  void outOfMemory() {
    redis.command("CONFIG", "SET", "maxmemory", "1");
    assertDegraded("out of memory");
    redis.command("CONFIG", "SET", "maxmemory", "0");
    assertComesBack("out of memory");
  }

  @Test
  void busyWithSomebodysScript() throws IOException {
    try (Socket busy = redis.begin("EVAL", "while true do end", "0")) {
      assertDegraded("busy");
      redis.command("SCRIPT", "KILL");
    }
    assertComesBack("busy");
  }

  /** No request notices, and the script is sent once for each connection and flush. */
  @Test
  void scriptsFlushed() throws InterruptedException {
    double sent = gateway.metric("weir_redis_scripts_total");
    load.take();
    int flushes = 20;
    for (int i = 0; i < flushes; i++) {
      redis.command("SCRIPT", "FLUSH");
      TimeUnit.MILLISECONDS.sleep(10);
    }
    Await.until("answers", () -> load.count() > 50);
    assertThat(load.take())
        .allSatisfy(one -> assertThat(one.status()).as("%s", one).isEqualTo(200));
    double more = gateway.metric("weir_redis_scripts_total") - sent;
    assertThat(more).isBetween(1.0, 2.0 * flushes);
    assertWell("scripts flushed");
  }

  /** X10: what fails is probed at once, and yet there is one heartbeat for each link after that. */
  @Test
  void failuresLeaveOneHeartbeat() {
    load.close();
    for (int i = 0; i < 10; i++) {
      redis.command("CONFIG", "SET", "maxmemory", "1");
      gateway.awaitMetric(UP, 0);
      redis.command("CONFIG", "SET", "maxmemory", "0");
      gateway.awaitMetric(UP, 2);
    }
    long start = System.nanoTime();
    double before = gateway.metric("weir_redis_seconds_count");
    Await.until("some heartbeats", () -> System.nanoTime() - start > 1_000_000_000);
    double probes = gateway.metric("weir_redis_seconds_count") - before;
    double intervals = (System.nanoTime() - start) / 100e6;
    assertThat(probes).as("probes in %.1f heartbeats", intervals).isLessThan(2 * 2 * intervals);
  }
}
