package dev.weir.app.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.RawClient.Answer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** card.1, X7: which requests go where, and as what. */
final class RoutingPathTest {

  private static final FakeUpstream UPSTREAM = new FakeUpstream();
  private static final FakeUpstream CANARY = new FakeUpstream();

  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.of(
          """
          upstreams:
            one: $1
            two: $2
          routes:
            - {id: exact, host: api.example.org, path: /*, to: one, rewrite: /exact/*}
            - {id: suffix, host: "*.example.org", path: /*, to: one, rewrite: /suffix/*}
            - {id: header, path: /predicates, headers: {x-canary: "1"}, to: one, rewrite: /header}
            - {id: query, path: /predicates, query: {debug: "*"}, to: one, rewrite: /query}
            - {id: method, path: /predicates, methods: [PUT, DELETE], to: one, rewrite: /method}
            - {id: only-get, path: /only-get, methods: [GET], to: one}
            - {id: parameter, path: "/users/{id}/posts", to: one, rewrite: "/v2/posts/{id}"}
            - {id: literal, path: /users/me/posts, to: one, rewrite: /me}
            - id: split
              path: /split
              to: [{upstream: one, weight: 3}, {upstream: two, weight: 1}]
            - id: none-to-two
              path: /split-off
              to: [{upstream: one, weight: 1}, {upstream: two, weight: 0}]
            - id: edits
              path: /edits
              to: one
              request-headers: {set: {x-set: ours}, add: {x-add: ours}, remove: [x-remove]}
              response-headers: {set: {x-set: ours}, add: {x-add: ours}, remove: [x-remove]}
            - id: fixed
              path: /fixed
              respond: {status: 418, headers: {content-type: text/plain}, body: short and stout}
            - {id: bare, path: /bare, respond: {status: 204}}
            - {id: old, path: /old/*, redirect: {to: https://example.com/new/*, status: 301}}
            - {id: public, path: /pub/*, to: one}
            - {id: admin, path: /admin, respond: {status: 403}}
          """,
          UPSTREAM,
          CANARY);

  private static String targetFor(String target, String... fields) {
    Answer answer = GATEWAY.get(target, fields);
    assertThat(answer.status()).isEqualTo(200);
    return UPSTREAM.received().target();
  }

  @Test
  void choosesByHost() {
    assertThat(targetFor("/a", "Host: api.example.org\r\n")).isEqualTo("/exact/a");
    assertThat(targetFor("/a", "Host: API.Example.ORG:8080\r\n")).isEqualTo("/exact/a");
    assertThat(targetFor("/a", "Host: b.example.org\r\n")).isEqualTo("/suffix/a");
    assertThat(targetFor("http://api.example.org/a", "Host: elsewhere\r\n"))
        .as("an absolute target wins over the Host field (RFC 9112 §3.2.2)")
        .isEqualTo("/exact/a");
    assertThat(GATEWAY.get("/a", "Host: example.net\r\n").status()).isEqualTo(404);
  }

  @Test
  void choosesByHeaderThenQueryThenMethod() {
    assertThat(targetFor("/predicates", "X-Canary: 1\r\n")).isEqualTo("/header");
    assertThat(targetFor("/predicates?debug=x", "X-Canary: 2\r\n")).isEqualTo("/query?debug=x");
    Answer put = GATEWAY.client().request("PUT", "/predicates", "", "").answer();
    assertThat(put.status()).isEqualTo(200);
    assertThat(UPSTREAM.received().target()).isEqualTo("/method");
  }

  @Test
  void prefersLiteralSegmentsToParameters() {
    assertThat(targetFor("/users/17/posts?page=2")).isEqualTo("/v2/posts/17?page=2");
    assertThat(targetFor("/users/me/posts")).isEqualTo("/me");
  }

  @Test
  void answers404WhereNoRouteIs() {
    Answer answer = GATEWAY.get("/nowhere");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text()).contains("\"code\":\"no_route\"");
  }

  @Test
  void answers405WithWhatIsAllowed() {
    Answer answer = GATEWAY.client().request("POST", "/only-get", "", "").answer();

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.field("allow")).isEqualTo("GET");
  }

  @Test
  void splitsByWeight() {
    Set<Integer> asked = new HashSet<>();
    int requests = 0;
    while (asked.size() < 2 && requests++ < 200) {
      assertThat(GATEWAY.get("/split").status()).isEqualTo(200);
      asked.add(UPSTREAM.pending() > 0 ? 1 : 2);
      GATEWAY.awaitQuiet();
    }
    assertThat(asked).as("both were asked").containsExactlyInAnyOrder(1, 2);

    GATEWAY.awaitQuiet();
    for (int i = 0; i < 20; i++) {
      assertThat(GATEWAY.get("/split-off").status()).isEqualTo(200);
    }
    assertThat(CANARY.pending()).as("weight 0").isZero();
  }

  @Test
  void editsHeaderFieldsBothWays() {
    UPSTREAM.on(
        "/edits",
        exchange ->
            exchange.reply(200, "ok", "X-Set: theirs\r\nX-Add: theirs\r\nX-Remove: theirs\r\n"));

    Answer answer =
        GATEWAY.get("/edits", "X-Set: mine\r\n", "X-Add: mine\r\n", "X-Remove: mine\r\n");

    FakeUpstream.Exchange received = UPSTREAM.received();
    assertThat(received.head().all("x-set")).containsExactly("ours");
    assertThat(received.head().all("x-add")).containsExactly("mine", "ours");
    assertThat(received.head().all("x-remove")).isEmpty();
    assertThat(answer.head().all("x-set")).containsExactly("ours");
    assertThat(answer.head().all("x-add")).containsExactly("theirs", "ours");
    assertThat(answer.head().all("x-remove")).isEmpty();
  }

  @Test
  void answersByItself() {
    Answer fixed = GATEWAY.get("/fixed");
    assertThat(fixed.status()).isEqualTo(418);
    assertThat(fixed.field("content-type")).isEqualTo("text/plain");
    assertThat(fixed.field("content-length")).isEqualTo("15");
    assertThat(fixed.text()).isEqualTo("short and stout");
    assertThat(fixed.field("date")).endsWith(" GMT");

    Answer bare = GATEWAY.get("/bare");
    assertThat(bare.status()).isEqualTo(204);
    assertThat(bare.field("content-length")).as("RFC 9110 §8.6").isNull();
    assertThat(bare.field("transfer-encoding")).as("RFC 9112 §6.1").isNull();
  }

  @Test
  void redirectsWithTheRestOfThePathAndTheQuery() {
    Answer answer = GATEWAY.get("/old/a/b?c=d");

    assertThat(answer.status()).isEqualTo(301);
    assertThat(answer.field("location")).isEqualTo("https://example.com/new/a/b?c=d");
  }

  @Test
  void answersOptionsOfTheServerItself() {
    Answer answer = GATEWAY.client().request("OPTIONS", "*", "", "").answer();

    assertThat(answer.status()).isEqualTo(204);
    assertThat(UPSTREAM.pending()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"TRACE, /pub/a", "CONNECT, example.com:443", "CONNECT, /pub/a"})
  void refusesMethodsThatAreNotForGateways(String method, String target) {
    Answer answer = GATEWAY.client().request(method, target, "", "").answer();

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.field("allow")).contains("GET").doesNotContain(method);
    assertThat(UPSTREAM.pending()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "/pub/a%7Eb, /pub/a~b",
    "/pub//a///b, /pub/a/b",
    "//pub/a, /pub/a",
    "/pub/./a, /pub/a",
    "/pub/x/%2e%2e/a, /pub/a",
    "/x/.%2E/pub/a, /pub/a",
    "/pub/%252e%252e/a, /pub/%252e%252e/a",
    "/pub/a%c3%a9, /pub/a%C3%A9",
    "/pub/a{b}|c, /pub/a%7Bb%7D%7Cc",
    "/pub/a?q=%2F..%2Fx, /pub/a?q=%2F..%2Fx",
    "/pub/a?, /pub/a?"
  })
  void forwardsTheFormThatItMatched(String sent, String forwarded) {
    assertThat(targetFor(sent)).isEqualTo(forwarded);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/pub%2Fadmin",
        "/pub%5cadmin",
        "/pub\\admin",
        "/pub/%00",
        "/pub/%0d%0a",
        "/pub/..;/admin",
        "/pub;x=1/admin",
        "/../admin",
        "/pub/%2e%2e/%2e%2e/admin",
        "/pub/%c0%ae",
        "/pub/%ff",
        "/pub/%zz",
        "/pub/%",
        "/pub/a#b",
        "*",
        "pub",
        "@evil/p",
        "evil:80",
        "file:///etc/passwd",
        "http://user@evil/pub/a"
      })
  void refusesWhatCanBeReadInTwoWays(String target) {
    Answer answer = GATEWAY.get(target);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text()).containsAnyOf("\"code\":\"bad_target\"", "\"code\":\"bad_host\"");
    assertThat(UPSTREAM.pending()).isZero();
  }

  @Test
  void judgesDotSegmentsByWhereTheyLead() {
    assertThat(GATEWAY.get("/pub/../admin").status()).isEqualTo(403);
    assertThat(GATEWAY.get("/pub/%2e%2e/admin").status()).isEqualTo(403);
    assertThat(UPSTREAM.pending()).isZero();
  }

  /** Who sends no request is not to be trusted with where it ends. */
  @Test
  void endsAConnectionBehindARefusedTarget() {
    var client = GATEWAY.client();

    assertThat(client.get("/nowhere").answer().status()).isEqualTo(404);
    assertThat(client.get("/pub%2Fadmin").answer().status()).isEqualTo(400);
    assertThat(client.isAtEnd()).isTrue();
  }
}
