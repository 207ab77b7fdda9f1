package dev.weir.app.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.RawClient;
import dev.weir.testing.RawClient.Answer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** O2, O3: what the admin listener tells, and whom. */
final class AdminPathTest {

  private static final String YAML = "routes: [{id: fixed, respond: {body: data}}]\n";

  @Nested
  class WithoutToken {

    @RegisterExtension static final TestGateway GATEWAY = TestGateway.of(YAML, new FakeUpstream());

    @Test
    void tellsItsHealth() {
      Answer live = GATEWAY.admin("/health/live");
      assertThat(live.status()).isEqualTo(200);
      assertThat(live.field("content-type")).isEqualTo("application/json");
      assertThat(live.field("cache-control")).isEqualTo("no-store");
      assertThat(live.text()).isEqualTo("{\"status\":\"live\"}\n");
      assertThat(GATEWAY.admin("/health/ready").text()).isEqualTo("{\"status\":\"ready\"}\n");
    }

    @Test
    void tellsItsMetrics() {
      Answer metrics = GATEWAY.admin("/metrics");

      assertThat(metrics.status()).isEqualTo(200);
      assertThat(metrics.field("content-type")).startsWith("text/plain; version=0.0.4");
      assertThat(metrics.text()).contains("# HELP weir_limit_in_use Permits that are out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:9901", "127.0.0.1", "[::1]:9901", "10.0.0.7"})
    void servesWhoMeansThisAddress(String host) {
      assertThat(GATEWAY.admin("/", "Host: " + host + "\r\n").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example"})
    void turnsAwayWhoWasLedHereByAnotherName(String host) {
      Answer answer = GATEWAY.admin("/metrics", "Host: " + host + "\r\n");

      assertThat(answer.status()).as("DNS rebinding").isEqualTo(421);
      assertThat(answer.text()).doesNotContain("weir_");
      assertThat(GATEWAY.admin("/health/live", "Host: " + host + "\r\n").status())
          .as("a probe may use any name")
          .isEqualTo(200);
    }

    @Test
    void knowsNothingElse() {
      assertThat(GATEWAY.admin("/nothing").status()).isEqualTo(404);
      try (RawClient client = new RawClient(GATEWAY.adminPort())) {
        String host = "Host: 127.0.0.1\r\n";
        assertThat(client.request("POST", "/metrics", host, "").answer().status()).isEqualTo(405);
        assertThat(client.request("HEAD", "/", host, "").answerToHead().status()).isEqualTo(200);
        assertThat(client.get("/health/live", host).answer().status()).isEqualTo(200);
        assertThat(client.get("/%zz", host).answer().status()).isEqualTo(400);
      }
    }

    @Test
    void isNotReachedThroughTheOtherListener() {
      for (String path : new String[] {"/metrics", "/health/live", "//metrics"}) {
        assertThat(GATEWAY.get(path, "Host: localhost\r\n").text()).isEqualTo("data");
      }
    }
  }

  @Nested
  class WithToken {

    private static final String TOKEN = "0123456789abcdef";

    @Test
    void tellsOnlyWhoHasIt() {
      try (FakeUpstream upstream = new FakeUpstream();
          TestGateway gateway = TestGateway.withToken(YAML, TOKEN, upstream)) {
        Answer answer = gateway.adminWithoutToken("/metrics");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.field("www-authenticate")).isEqualTo("Bearer realm=\"weir\"");
        assertThat(answer.text()).doesNotContain("weir_", TOKEN);

        for (String wrong : new String[] {"Bearer 0123456789abcdeX", "Basic " + TOKEN, TOKEN}) {
          assertThat(
                  gateway
                      .adminWithoutToken("/metrics", "Authorization: " + wrong + "\r\n")
                      .status())
              .as(wrong)
              .isEqualTo(401);
        }
        assertThat(gateway.adminWithoutToken("/nothing").status()).isEqualTo(401);
        assertThat(gateway.adminWithoutToken("/health/ready").status()).isEqualTo(200);
        assertThat(
                gateway
                    .adminWithoutToken("/metrics", "Authorization: bearer " + TOKEN + "\r\n")
                    .status())
            .isEqualTo(200);
        assertThat(gateway.admin("/", "Host: any.example\r\n").status())
            .as("who has the token may call it as they like")
            .isEqualTo(200);
      }
    }
  }
}
