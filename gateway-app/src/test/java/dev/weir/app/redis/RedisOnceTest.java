package dev.weir.app.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.Await;
import dev.weir.testing.Vigilance;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * P7, rate.2: no decision is carried out twice, whatever happens to connections, scripts and slots
 * while it is on its way. Each request has a bucket of its own, which tells how often it was
 * charged.
 */
final class RedisOnceTest {

  private static final String SHARDS_UP = "weir_redis_shards{state=\"up\"}";
  private static final int TURNS = 12;

  /** One token of a limit of one in 30 days, in parts. */
  private static final long TOKEN = 30L * 24 * 3600 * 1_000_000;

  private final AtomicInteger numbers = new AtomicInteger();

  private static TestGateway gateway(String redis, double shards) {
    TestGateway gateway =
        TestGateway.start(
            """
            redis: {%s, connect-timeout: 5s, heartbeat: 100ms, reconnect-delay: 50ms}
            rate-limits: {one: {rate: 1, per: 30d, burst: 10, key: "header:x-id"}}
            routes: [{id: one, path: /one, rate-limits: one, respond: {body: ok}}]
            """
                .formatted(redis));
    gateway.awaitMetric(SHARDS_UP, shards);
    return gateway;
  }

  private LimitLoad load(TestGateway gateway) {
    return LimitLoad.start(gateway.port(), 6, () -> "n" + numbers.incrementAndGet(), "/one");
  }

  private static void assertOnce(List<RedisServer> nodes, int asked) {
    int charged = 0;
    for (RedisServer node : nodes) {
      for (Object key : (List<?>) node.command("KEYS", "weir:{one:n*")) {
        String level = (String) node.command("GET", (String) key);
        assertThat(Long.parseLong(level.split(" ")[1])).as("%s", key).isEqualTo(TOKEN);
        charged++;
      }
    }
    assertThat(charged).as("of so many that were asked").isBetween(100, asked);
  }

  @Test
  void onASingleServer() {
    try (RedisServer redis = RedisServer.start();
        TestGateway gateway = gateway("nodes: \"" + redis.address() + '"', 2)) {
      try (LimitLoad load = load(gateway)) {
        for (int i = 0; i < TURNS; i++) {
          awaitSome(load);
          redis.command("CLIENT", "KILL", "TYPE", "normal");
          awaitSome(load);
          redis.command("SCRIPT", "FLUSH");
          awaitSome(load);
          redis.pause();
          gateway.awaitMetric(SHARDS_UP, 0);
          redis.resume();
          gateway.awaitMetric(SHARDS_UP, 2);
        }
      }
      assertOnce(List.of(redis), numbers.get());
    }
  }

  @Test
  void inACluster() {
    Vigilance.expect("io.lettuce.core.protocol.DefaultEndpoint: Unexpected exception");
    try (RedisCluster cluster = RedisCluster.start();
        TestGateway gateway =
            gateway("nodes: [" + cluster.addresses() + "], topology: cluster", 6)) {
      List<RedisServer> nodes = List.of(cluster.node(0), cluster.node(1), cluster.node(2));
      List<Integer> moved = new ArrayList<>();
      try (LimitLoad load = load(gateway)) {
        for (int i = 0; i < TURNS; i++) {
          awaitSome(load);
          nodes.get(i % 3).command("CLIENT", "KILL", "TYPE", "normal");
          awaitSome(load);
          nodes.get((i + 1) % 3).command("SCRIPT", "FLUSH");
          int slot = cluster.slot("{one:n" + (numbers.get() + 20) + "}");
          if (!moved.contains(slot)) {
            moved.add(slot);
            cluster.move(slot, cluster.ownerOf(slot), (cluster.ownerOf(slot) + 1) % 3);
          }
          awaitSome(load);
          nodes.get((i + 2) % 3).pause();
          gateway.awaitMetric(SHARDS_UP, 4);
          nodes.get((i + 2) % 3).resume();
          gateway.awaitMetric(SHARDS_UP, 6);
        }
      }
      assertOnce(nodes, numbers.get());
    }
  }

  private static void awaitSome(LimitLoad load) {
    int before = load.count();
    Await.until("answers", () -> load.count() > before + 30);
  }
}
