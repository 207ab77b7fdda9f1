package dev.weir.app.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.HttpHead;
import dev.weir.testing.RawClient.Answer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** X12, card.1: which header fields go on, and whose word is taken for who asks. */
final class ForwardingPathTest {

  private static final String UPSTREAMS =
      """
      upstreams:
        preserve: $1
        endpoint: {endpoints: $1, host: endpoint}
        fixed: {endpoints: $1, host: orders.internal}
      """;

  private static final String ROUTES =
      """
      routes:
        - {id: endpoint, path: /endpoint, to: endpoint}
        - {id: fixed, path: /fixed, to: fixed}
        - {id: preserve, to: preserve}
      """;

  private static HttpHead forwarded(TestGateway gateway, String target, String... fields) {
    assertThat(gateway.get(target, fields).status()).isEqualTo(200);
    return gateway.upstream().received().head();
  }

  @Nested
  class OfStrangers {

    @RegisterExtension
    static final TestGateway GATEWAY = TestGateway.of(UPSTREAMS + ROUTES, new FakeUpstream());

    @Test
    void endsFieldsOfOneHop() {
      HttpHead head =
          forwarded(
              GATEWAY,
              "/",
              "Connection: keep-alive, X-Mine\r\n",
              "Keep-Alive: timeout=5\r\n",
              "Proxy-Connection: keep-alive\r\n",
              "Proxy-Authorization: Basic eDp5\r\n",
              "TE: trailers\r\n",
              "Trailer: X-Later\r\n",
              "Upgrade: h2c\r\n",
              "HTTP2-Settings: AAMAAABkAAQAAP__\r\n",
              "X-Mine: 1\r\n",
              "X-Kept: 1\r\n");

      assertThat(head.get("x-kept")).isEqualTo("1");
      for (String name :
          new String[] {
            "keep-alive",
            "proxy-connection",
            "proxy-authorization",
            "te",
            "trailer",
            "upgrade",
            "http2-settings",
            "x-mine"
          }) {
        assertThat(head.all(name)).as(name).isEmpty();
      }
      assertThat(head.all("connection"))
          .as("at most our own")
          .allMatch(value -> value.equals("keep-alive"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "Authorization", "X-Forwarded-For", "Cookie", "traceparent"})
    void refusesToEndFieldsOfAllHops(String option) {
      Answer answer = GATEWAY.get("/", "Connection: " + option + "\r\n");

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text()).contains("bad_header");
      assertThat(GATEWAY.upstream().pending()).isZero();
    }

    @Test
    void endsFieldsOfOneHopInAnswers() {
      GATEWAY
          .upstream()
          .on(
              "/answer",
              exchange ->
                  exchange.reply(
                      200,
                      "ok",
                      "Connection: keep-alive, X-Theirs, Set-Cookie\r\nKeep-Alive: timeout=5\r\n"
                          + "X-Theirs: 1\r\nX-Kept: 1\r\nSet-Cookie: a=b\r\nUpgrade: h2c\r\n"));

      Answer answer = GATEWAY.get("/answer");

      assertThat(answer.field("x-kept")).isEqualTo("1");
      assertThat(answer.field("x-theirs")).isNull();
      assertThat(answer.field("keep-alive")).isNull();
      assertThat(answer.field("upgrade")).isNull();
      assertThat(answer.field("set-cookie")).as("is not for one hop").isEqualTo("a=b");
      assertThat(answer.field("via")).isEqualTo("1.1 weir");
    }

    @Test
    void tellsUpstreamsOfOurHop() {
      HttpHead head = forwarded(GATEWAY, "/", "Host: shop.example:8080\r\n", "Via: 1.0 theirs\r\n");

      assertThat(head.get("via")).isEqualTo("1.0 theirs, 1.1 weir");
      assertThat(head.get("x-forwarded-for")).isEqualTo("127.0.0.1");
      assertThat(head.get("x-forwarded-proto")).isEqualTo("http");
      assertThat(head.get("x-forwarded-host")).isEqualTo("shop.example:8080");
      assertThat(head.get("forwarded"))
          .isEqualTo("for=127.0.0.1;host=\"shop.example:8080\";proto=http");
    }

    @Test
    void repeatsNothingThatAStrangerSaysOfItself() {
      HttpHead head =
          forwarded(
              GATEWAY,
              "/",
              "Host: example.com\r\n",
              "X-Forwarded-For: 1.2.3.4\r\n",
              "X-Forwarded-Host: evil\r\n",
              "X-Forwarded-Proto: https\r\n",
              "X-Forwarded-Port: 1\r\n",
              "X-Real-IP: 1.2.3.4\r\n",
              "X-Original-URL: /admin\r\n",
              "X-HTTP-Method-Override: DELETE\r\n",
              "Forwarded: for=1.2.3.4\r\n");

      assertThat(head.get("x-forwarded-for")).isEqualTo("127.0.0.1");
      assertThat(head.get("x-forwarded-host")).isEqualTo("example.com");
      assertThat(head.get("x-forwarded-proto")).isEqualTo("http");
      assertThat(head.get("forwarded")).isEqualTo("for=127.0.0.1;host=example.com;proto=http");
      assertThat(head.fields().toString())
          .doesNotContain("1.2.3.4", "evil", "/admin", "DELETE")
          .doesNotContainIgnoringCase("x-forwarded-port");
    }

    @ParameterizedTest
    @CsvSource({
      "/preserve, shop.example:81",
      "/endpoint, ",
      "/fixed, orders.internal",
    })
    void namesTheHostThatItsUpstreamWantsToHear(String path, String expected) {
      HttpHead head = forwarded(GATEWAY, path, "Host: Shop.Example:81\r\n");

      String ofEndpoint = "127.0.0.1:" + GATEWAY.upstream().port();
      assertThat(head.get("host")).isEqualTo(expected == null ? ofEndpoint : expected);
    }

    @Test
    void keepsAnIdAndATraceThatAreFitToRepeat() {
      String parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
      Answer answer =
          GATEWAY.get(
              "/",
              "X-Request-Id: abc-1.2_3\r\n",
              "traceparent: " + parent + "\r\n",
              "tracestate: vendor=1\r\n");
      HttpHead head = GATEWAY.upstream().received().head();

      assertThat(answer.field("x-request-id")).isEqualTo("abc-1.2_3");
      assertThat(head.get("x-request-id")).isEqualTo("abc-1.2_3");
      assertThat(head.get("traceparent"))
          .matches("00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01")
          .isNotEqualTo(parent);
      assertThat(head.get("tracestate")).isEqualTo("vendor=1");
    }

    @Test
    void makesItsOwnIdAndTraceWhereThereIsNone() {
      Answer answer =
          GATEWAY.get(
              "/",
              "X-Request-Id: ${jndi:ldap://evil}\r\n",
              "traceparent: 00-nonsense\r\n",
              "tracestate: vendor=1\r\n");
      HttpHead head = GATEWAY.upstream().received().head();

      assertThat(answer.field("x-request-id")).matches("[0-9a-f]{32}");
      assertThat(head.get("x-request-id")).isEqualTo(answer.field("x-request-id"));
      assertThat(head.get("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
      assertThat(head.get("tracestate")).isNull();
    }

    @Test
    void endsALoopThroughItself() {
      Answer answer = GATEWAY.get("/", "Via: " + "1.1 weir, ".repeat(9) + "1.1 other\r\n");

      assertThat(answer.status()).isEqualTo(508);
      assertThat(GATEWAY.upstream().pending()).isZero();
    }
  }

  @Nested
  class OfTrustedProxies {

    @RegisterExtension
    static final TestGateway GATEWAY =
        TestGateway.of(
            UPSTREAMS + "trusted-proxies: [127.0.0.0/8, 10.0.0.0/8]\n" + ROUTES,
            new FakeUpstream());

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "203.0.113.9 | 203.0.113.9",
          "198.51.100.1, 203.0.113.9 | 203.0.113.9",
          "203.0.113.9, 10.1.1.1 | 203.0.113.9",
          "1.2.3.4, 203.0.113.9, 10.1.1.1, 10.2.2.2 | 203.0.113.9",
          "203.0.113.9, nonsense, 10.1.1.1 | 10.1.1.1",
          "[2001:db8::1]:99 | 2001:db8::1"
        })
    void walksTheListFromTheRight(String list, String client) {
      Answer answer = GATEWAY.get("/", "X-Forwarded-For: " + list + "\r\n");

      assertThat(GATEWAY.logged(answer.field("x-request-id")).get("client").asString())
          .isEqualTo(client);
      assertThat(GATEWAY.upstream().received().head().get("x-forwarded-for"))
          .isEqualTo(list + ", 127.0.0.1");
    }

    @Test
    void believesSchemeAndHost() {
      HttpHead head =
          forwarded(
              GATEWAY,
              "/",
              "Host: a\r\n",
              "X-Forwarded-Proto: https\r\n",
              "X-Forwarded-Host: shop.example\r\n");

      assertThat(head.get("x-forwarded-proto")).isEqualTo("https");
      assertThat(head.get("x-forwarded-host")).isEqualTo("shop.example");
      assertThat(head.get("forwarded")).isEqualTo("for=127.0.0.1;host=shop.example;proto=https");
    }

    @Test
    void believesNoSchemeThatIsNone() {
      HttpHead head = forwarded(GATEWAY, "/", "X-Forwarded-Proto: javascript\r\n");

      assertThat(head.get("x-forwarded-proto")).isEqualTo("http");
    }
  }

  @Nested
  class AsConfigured {

    @ParameterizedTest
    @CsvSource({"x-forwarded, 1, 0", "forwarded, 0, 1", "none, 0, 0"})
    void sendsTheFieldsThatAreWanted(String wanted, int xForwarded, int forwarded) {
      FakeUpstream own = new FakeUpstream();
      try (own;
          TestGateway gateway =
              TestGateway.start(UPSTREAMS + "forwarding-fields: " + wanted + "\n" + ROUTES, own)) {
        assertThat(gateway.get("/").status()).isEqualTo(200);
        HttpHead head = own.received().head();

        assertThat(head.all("x-forwarded-for")).hasSize(xForwarded);
        assertThat(head.all("forwarded")).hasSize(forwarded);
      }
    }
  }
}
