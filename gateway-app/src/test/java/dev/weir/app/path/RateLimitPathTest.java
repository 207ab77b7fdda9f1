package dev.weir.app.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.RawClient;
import dev.weir.testing.RawClient.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Rate limits through a whole gateway, without Redis. Each test has a route and keys of its own.
 */
final class RateLimitPathTest {

  private static final FakeUpstream UPSTREAM = new FakeUpstream();

  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.of(
          """
          trusted-proxies: [127.0.0.1]
          rate-limits:
            tenant: {rate: 3, per: 1h, key: "header:x-tenant"}
            total: {rate: 100, per: 1h, key: [], cost: {amount: 10, header: x-cost, max: 50}}
            shared: {rate: 2, per: 1h, key: api-key}
            own: {rate: 1, per: 1h, key: api-key, scope: route}
            trial: {rate: 1, per: 1h, key: [], shadow: true}
            window: {rate: 2, per: 1h, algorithm: sliding-window, key: "path:id"}
          rate-limit-fields: both
          upstreams:
            one: $1
          routes:
            - {id: free, path: /free, to: one}
            - {id: tenants, path: /tenants, to: one, rate-limits: tenant}
            - {id: both, path: /both, to: one, rate-limits: [tenant, total]}
            - {id: a, path: /a, to: one, rate-limits: [shared, own]}
            - {id: b, path: /b, to: one, rate-limits: [shared, own]}
            - {id: trial, path: /trial, to: one, rate-limits: trial}
            - {id: windows, path: "/windows/{id}", to: one, rate-limits: window}
            - {id: client, path: /client, to: one, rate-limit: {rate: 1, per: 1h}}
            - {id: fixed, path: /fixed, rate-limit: {rate: 1, per: 1h}, respond: {body: hello}}
            - {id: burst, path: /burst, to: one, rate-limit: {rate: 40, per: 1h, key: []}}
          """,
          UPSTREAM);

  private static int status(String target, String... fields) {
    return GATEWAY.get(target, fields).status();
  }

  @Test
  void admitsAsManyAsItSaysAndTellsWhatIsLeft() {
    String tenant = "X-Tenant: first\r\n";
    Answer first = GATEWAY.get("/tenants", tenant);
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.field("ratelimit-policy")).isEqualTo("\"tenant\";q=3;w=3600");
    assertThat(first.field("ratelimit")).isEqualTo("\"tenant\";r=2;t=1200");
    assertThat(first.field("x-ratelimit-limit")).isEqualTo("3");
    assertThat(first.field("x-ratelimit-remaining")).isEqualTo("2");
    assertThat(first.field("x-ratelimit-reset")).isEqualTo("1200");
    assertThat(status("/tenants", tenant)).isEqualTo(200);
    assertThat(status("/tenants", tenant)).isEqualTo(200);

    int before = UPSTREAM.pending();
    Answer refused = GATEWAY.get("/tenants", tenant, "X-Request-Id: refused-1\r\n");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.field("content-type")).isEqualTo("application/problem+json");
    assertThat(refused.text())
        .contains("\"code\":\"rate_limited\"", "tenant: 0 of 3 left, costs 1");
    assertThat(Integer.parseInt(refused.field("retry-after"))).isBetween(1190, 1200);
    assertThat(refused.field("ratelimit")).startsWith("\"tenant\";r=0;t=3");
    assertThat(UPSTREAM.pending()).as("nothing was asked for").isEqualTo(before);
    JsonNode line = GATEWAY.logged("refused-1");
    assertThat(line.get("reason").asString()).isEqualTo("rate_limited");
    assertThat(line.get("phase").asString()).isEqualTo("limit");

    assertThat(status("/tenants", "X-Tenant: second\r\n")).isEqualTo(200);
    assertThat(
            GATEWAY.metric("weir_ratelimit_decisions_total{limit=\"tenant\",result=\"refused\"}"))
        .isPositive();
  }

  @Test
  void tellsNothingWhereThereIsNoLimit() {
    Answer answer = GATEWAY.get("/free");

    assertThat(answer.field("ratelimit")).isNull();
    assertThat(answer.field("ratelimit-policy")).isNull();
  }

  @Test
  void chargesAllLimitsOrNone() {
    String tenant = "X-Tenant: both\r\n";
    assertThat(status("/both", tenant, "X-Cost: 50\r\n")).isEqualTo(200);
    assertThat(status("/both", tenant, "X-Cost: 45\r\n")).isEqualTo(200);
    Answer refused = GATEWAY.get("/both", tenant);
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.text()).contains("total: 5 of 100 left, costs 10").doesNotContain("tenant:");
    assertThat(refused.field("ratelimit")).contains("\"tenant\";r=1;", "\"total\";r=5;");
    assertThat(status("/both", tenant, "X-Cost: 5\r\n"))
        .as("tokens that were not lost")
        .isEqualTo(200);
    assertThat(status("/both", tenant, "X-Cost: 1\r\n")).isEqualTo(429);
  }

  @Test
  void refusesACostThatItCantTake() {
    for (String cost : List.of("0", "-1", "51", "1e3", "1, 1")) {
      Answer answer = GATEWAY.get("/both", "X-Tenant: odd\r\n", "X-Cost: " + cost + "\r\n");
      assertThat(answer.status()).as(cost).isEqualTo(400);
      assertThat(answer.text()).contains("\"code\":\"bad_header\"", "x-cost");
    }
  }

  @Test
  void sharesTokensBetweenRoutesOrNot() {
    String key = "Authorization: Bearer k1\r\n";
    assertThat(status("/a", key)).isEqualTo(200);
    assertThat(GATEWAY.get("/a", key).text()).contains("own:").doesNotContain("shared:");
    assertThat(status("/b", key)).isEqualTo(200);
    assertThat(GATEWAY.get("/b", key).text()).contains("own:", "shared:");
  }

  @Test
  void onlyCountsInShadow() {
    for (int i = 0; i < 3; i++) {
      Answer answer = GATEWAY.get("/trial");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.field("ratelimit")).isNull();
    }
    GATEWAY.awaitMetric(
        "weir_ratelimit_decisions_total{limit=\"trial\",result=\"shadow_refused\"}", 2);
  }

  @Test
  void tellsKeysApartByThePath() {
    assertThat(status("/windows/1")).isEqualTo(200);
    assertThat(status("/windows/%31")).as("one canonical form").isEqualTo(200);
    assertThat(status("/windows/1")).isEqualTo(429);
    assertThat(status("/windows/2")).isEqualTo(200);
  }

  /** N1: by what trusted proxies say of the client, and IPv6 by its network. */
  @Test
  void tellsClientsApart() {
    String forwarded = "X-Forwarded-For: ";
    assertThat(status("/client", forwarded + "192.0.2.1\r\n")).isEqualTo(200);
    assertThat(status("/client", forwarded + "192.0.2.1\r\n")).isEqualTo(429);
    assertThat(status("/client", forwarded + "::ffff:192.0.2.1\r\n")).isEqualTo(429);
    assertThat(status("/client", forwarded + "198.51.100.1, 192.0.2.1\r\n"))
        .as("what a client says of itself")
        .isEqualTo(429);
    assertThat(status("/client", forwarded + "192.0.2.2\r\n")).isEqualTo(200);
    assertThat(status("/client", forwarded + "2001:db8::1\r\n")).isEqualTo(200);
    assertThat(status("/client", forwarded + "2001:db8::ffff:1\r\n")).isEqualTo(429);
    assertThat(status("/client", forwarded + "2001:db8:0:1::1\r\n")).isEqualTo(200);
  }

  @Test
  void holdsForAnswersOfTheGatewaysOwn() {
    assertThat(GATEWAY.get("/fixed").text()).isEqualTo("hello");
    assertThat(status("/fixed")).isEqualTo(429);
    assertThat(status("/fixed")).isEqualTo(429);
  }

  /** N4: many at once, on connections of their own and both event loops. */
  @Test
  void isExactUnderConcurrency() throws Exception {
    List<CompletableFuture<Integer>> admitted = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      admitted.add(
          CompletableFuture.supplyAsync(
              () -> {
                int count = 0;
                try (RawClient client = new RawClient(GATEWAY.port())) {
                  for (int j = 0; j < 20; j++) {
                    count += client.get("/burst").answer().status() == 200 ? 1 : 0;
                  }
                }
                return count;
              }));
    }
    int sum = 0;
    for (CompletableFuture<Integer> one : admitted) {
      sum += one.get();
    }
    assertThat(sum).isEqualTo(40);
  }

  @Test
  void showsItsLimitsToWhoeverRunsIt() {
    assertThat(status("/tenants", "X-Tenant: shown\r\n")).isEqualTo(200);
    JsonNode view = new JsonMapper().readTree(GATEWAY.admin("/limits").text());

    JsonNode tenant = view.get("rate_limits").get(0);
    assertThat(tenant.get("name").asString()).isEqualTo("tenant");
    assertThat(tenant.get("rate").asInt()).isEqualTo(3);
    assertThat(tenant.get("keys").asInt()).isPositive();
    assertThat(tenant.get("max_keys").asInt()).isEqualTo(100_000);
    assertThat(view.get("rate_limits").size()).isEqualTo(9);
    assertThat(GATEWAY.admin("/").text()).contains("/limits\n");
  }
}
