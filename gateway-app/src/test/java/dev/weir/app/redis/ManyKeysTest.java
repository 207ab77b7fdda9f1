package dev.weir.app.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.Await;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * P8: clients that invent keys. What the gateway knows of them stays bounded, and Redis forgets
 * each by itself. With {@code -Dweir.keys=1000000} as many as a flood would bring.
 */
final class ManyKeysTest {

  private static final int KEYS = Integer.getInteger("weir.keys", 4_000);
  private static final int MAX = 200;
  private static final int AT_A_TIME = 4;

  private final AtomicInteger numbers = new AtomicInteger();

  @Test
  void areForgotten() {
    try (RedisServer redis = RedisServer.start();
        TestGateway gateway =
            TestGateway.start(
                """
                redis: {nodes: "%s", connect-timeout: 5s, command-timeout: 5s, hang: 10s}
                rate-limits:
                  exact: {rate: 10, per: 1h, key: "header:x-id", max-keys: %d}
                  leased: {rate: 10, per: 1h, key: "header:x-id", mode: leased, max-keys: %d}
                  process: {rate: 10, per: 1h, key: "header:x-id", store: process, max-keys: %d}
                routes:
                  - {id: exact, path: /exact, rate-limits: exact, respond: {body: ok}}
                  - {id: leased, path: /leased, rate-limits: leased, respond: {body: ok}}
                  - {id: process, path: /process, rate-limits: process, respond: {body: ok}}
                """
                    .formatted(redis.address(), MAX, MAX, MAX))) {
      gateway.awaitMetric("weir_redis_links{state=\"up\"}", 2);
      try (LimitLoad load =
          LimitLoad.start(
              gateway.port(),
              AT_A_TIME,
              () -> "n" + numbers.incrementAndGet(),
              "/exact",
              "/leased",
              "/process")) {
        while (numbers.get() < KEYS) {
          Await.until("answers", () -> load.count() >= 500);
          assertThat(load.take()).allMatch(one -> one.status() == 200 || one.status() == 429);
          assertThat(gateway.metric("weir_redis_leases")).isLessThanOrEqualTo(MAX);
        }
      }
      assertThat(gateway.metric("weir_redis_leases")).isEqualTo(MAX);
      assertThat(gateway.metric("weir_ratelimit_keys{limit=\"process\"}")).isEqualTo(MAX);
      assertEachExpires(redis);
    }
  }

  private static void assertEachExpires(RedisServer redis) {
    String cursor = "0";
    do {
      List<?> page = (List<?>) redis.command("SCAN", cursor, "COUNT", "1000");
      cursor = (String) page.get(0);
      for (Object key : (List<?>) page.get(1)) {
        assertThat(redis.command("PTTL", (String) key)).as("%s", key).isNotEqualTo("-1");
      }
    } while (!cursor.equals("0"));
    assertThat(Integer.parseInt((String) redis.command("DBSIZE"))).isGreaterThan(KEYS / 2);
  }
}
