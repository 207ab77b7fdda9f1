package dev.weir.app.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.app.redis.LimitLoad.Told;
import dev.weir.testing.Await;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * rate.4: what gateways admit with tokens fetched ahead. From the beginning to any moment no more
 * than the limit; in any time between, no more than the limit and what they held when it began:
 * {@code lease} for each event loop of each gateway.
 */
final class LeaseBoundTest {

  private static final int RATE = 300;
  private static final int BURST = 60;
  private static final int LEASE = 12;
  private static final int GATEWAYS = 2;
  private static final int LOOPS = 2;
  private static final int PERIODS = 4;

  private static TestGateway gateway(RedisServer redis) {
    TestGateway gateway =
        TestGateway.start(
            """
            redis: {nodes: "%s", connect-timeout: 5s, command-timeout: 10s, hang: 20s}
            rate-limits:
              leased: {rate: %d, per: 1s, burst: %d, key: [], mode: leased, lease: %d}
            routes: [{id: a, path: /a, rate-limits: leased, respond: {body: ok}}]
            """
                .formatted(redis.address(), RATE, BURST, LEASE));
    gateway.awaitMetric("weir_redis_links{state=\"up\"}", LOOPS);
    return gateway;
  }

  @Test
  void holdsOverSeveralPeriods() {
    List<Told> told = new ArrayList<>();
    try (RedisServer redis = RedisServer.start();
        TestGateway one = gateway(redis);
        TestGateway other = gateway(redis)) {
      long start = System.nanoTime();
      try (LimitLoad first = LimitLoad.start(one.port(), 4, "/a");
          LimitLoad second = LimitLoad.start(other.port(), 4, "/a")) {
        Await.until("some periods", () -> System.nanoTime() - start > PERIODS * 1_000_000_000L);
        told.addAll(first.take());
        told.addAll(second.take());
      }
      List<Told> admitted = told.stream().filter(it -> it.status() == 200).toList();
      assertThat(admitted.size()).as("much of the limit is used").isGreaterThan(RATE * PERIODS / 2);
      assertThat(told.size()).as("and much is refused").isGreaterThan(2 * admitted.size());
      for (int from = 0; from < PERIODS * 10; from++) {
        for (int to = from + 1; to <= PERIODS * 10; to++) {
          assertBound(admitted, start, from * 100_000_000L, to * 100_000_000L);
        }
      }
    }
  }

  /** Of those that were surely decided in that time. */
  private static void assertBound(List<Told> admitted, long start, long from, long to) {
    long count =
        admitted.stream()
            .filter(one -> one.end() - one.nanos() >= start + from && one.end() <= start + to)
            .count();
    double limit = BURST + RATE * (to - from) / 1e9 + 1;
    double held = from == 0 ? 0 : LEASE * LOOPS * GATEWAYS;
    assertThat((double) count)
        .as("admitted from %d to %d ms", from / 1_000_000, to / 1_000_000)
        .isLessThanOrEqualTo(limit + held);
  }
}
