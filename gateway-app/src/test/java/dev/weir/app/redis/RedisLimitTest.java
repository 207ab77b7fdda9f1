package dev.weir.app.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.RawClient.Answer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** rate.1, rate.3: limits that gateways share, on a Redis that is well, and then is not. */
final class RedisLimitTest {

  private static final String LINKS_UP = "weir_redis_links{state=\"up\"}";

  private static RedisServer redis;

  @BeforeAll
  static void startRedis() {
    redis = RedisServer.start();
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  private static TestGateway gateway(RedisServer to) {
    String yaml =
        """
        redis: {nodes: "%s", prefix: "p%s"}
        rate-limits:
          client: {rate: 3, per: 1h, key: "header:x-id"}
          open: {rate: 3, per: 1h, key: "header:x-id", on-failure: open}
          local: {rate: 3, per: 1h, key: "header:x-id", on-failure: local}
          leased: {rate: 1000, per: 1h, key: "header:x-id", mode: leased, lease: 50}
          all: {rate: 100, per: 1h, key: []}
        routes:
          - {id: closed, path: /closed, rate-limits: client, respond: {body: ok}}
          - {id: open, path: /open, rate-limits: open, respond: {body: ok}}
          - {id: local, path: /local, rate-limits: local, respond: {body: ok}}
          - {id: leased, path: /leased, rate-limits: leased, respond: {body: ok}}
          - {id: both, path: /both, rate-limits: [client, all], respond: {body: ok}}
        """
            .formatted(to.address(), Long.toString(System.nanoTime(), 36));
    TestGateway gateway = TestGateway.start(yaml);
    gateway.awaitMetric(LINKS_UP, 2);
    return gateway;
  }

  private static Answer get(TestGateway gateway, String target, String id) {
    return gateway.get(target, "X-Id: " + id + "\r\n");
  }

  @Test
  void countsForAllGatewaysTogether() {
    try (TestGateway one = gateway(redis)) {
      Answer first = get(one, "/closed", "a");
      assertThat(first.status()).isEqualTo(200);
      assertThat(first.field("ratelimit")).startsWith("\"client\";r=2;t=");
      assertThat(get(one, "/closed", "a").status()).isEqualTo(200);
      assertThat(get(one, "/closed", "a").status()).isEqualTo(200);
      Answer refused = get(one, "/closed", "a");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(Integer.parseInt(refused.field("retry-after"))).isBetween(1100, 1200);
      assertThat(get(one, "/both", "a").status()).as("a shared limit").isEqualTo(429);
      assertThat(get(one, "/both", "b").status()).isEqualTo(200);
    }
  }

  @Test
  void givesEachKeyAnExpiry() {
    try (TestGateway gateway = gateway(redis)) {
      assertThat(get(gateway, "/both", "c").status()).isEqualTo(200);
      assertThat(get(gateway, "/leased", "c").status()).isEqualTo(200);
      assertEachKeyExpires();
    }
  }

  private static void assertEachKeyExpires() {
    List<?> keys = (List<?>) redis.command("KEYS", "*");
    assertThat(keys).isNotEmpty();
    for (Object key : keys) {
      assertThat(redis.command("PTTL", (String) key)).as("%s", key).isNotEqualTo("-1");
    }
  }

  @Test
  void fetchesLeasesAhead() {
    try (TestGateway gateway = gateway(redis)) {
      for (int i = 0; i < 300; i++) {
        assertThat(get(gateway, "/leased", "d").status()).isEqualTo(200);
      }
      assertThat(gateway.metric("weir_redis_seconds_count")).isLessThan(300);
    }
  }

  @Test
  void doesWhatEachLimitWantsWhileRedisIsGone() {
    try (RedisServer own = RedisServer.start();
        TestGateway gateway = gateway(own)) {
      assertThat(get(gateway, "/closed", "a").status()).isEqualTo(200);
      own.kill();
      gateway.awaitMetric(LINKS_UP, 0);

      Answer closed = get(gateway, "/closed", "a");
      assertThat(closed.status()).isEqualTo(503);
      assertThat(closed.text()).contains("\"code\":\"RATE_LIMIT_SERVICE_ERROR\"");
      assertThat(closed.field("retry-after")).isEqualTo("1");
      Answer open = get(gateway, "/open", "a");
      assertThat(open.status()).isEqualTo(200);
      assertThat(open.field("x-ratelimit-degraded")).isEqualTo("open");
      for (int i = 0; i < 4; i++) {
        Answer local = get(gateway, "/local", "a");
        assertThat(local.status()).isEqualTo(i < 3 ? 200 : 429);
        assertThat(local.field("x-ratelimit-degraded")).isEqualTo("local");
      }

      own.restart();
      gateway.awaitMetric(LINKS_UP, 2);
      Answer back = get(gateway, "/local", "a");
      assertThat(back.status()).isEqualTo(200);
      assertThat(back.field("x-ratelimit-degraded")).isNull();
      assertThat(get(gateway, "/closed", "a").status()).isEqualTo(200);
    }
  }

  /** What a user of Redis needs at least; the settings' reference says the same. */
  @Test
  void needsFewRightsOnly() {
    try (RedisServer own = RedisServer.start()) {
      own.command(
          "ACL",
          "SETUSER",
          "weir",
          "on",
          ">secret",
          "~weir:*",
          "+ping",
          "+eval",
          "+evalsha",
          "+time",
          "+get",
          "+set");
      own.command("ACL", "SETUSER", "default", "off");
      String yaml =
          """
          redis: {nodes: "%s", username: weir, password: secret}
          routes:
            - {id: a, rate-limit: {rate: 1, per: 1h}, respond: {body: ok}}
          """
              .formatted(own.address());
      try (TestGateway gateway = TestGateway.start(yaml)) {
        gateway.awaitMetric(LINKS_UP, 2);
        assertThat(gateway.get("/").status()).isEqualTo(200);
        assertThat(gateway.get("/").status()).isEqualTo(429);
      }
    }
  }
}
