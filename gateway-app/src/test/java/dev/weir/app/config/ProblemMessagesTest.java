package dev.weir.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a single setting that is wrong: place, what, value, expected. */
class ProblemMessagesTest {

  private static void says(String yaml, String... problems) {
    assertThat(Given.problems(yaml)).containsExactly(problems);
  }

  @Test
  void duration() {
    says(
        """
        client:
          idle: 15x
        """,
        "gateway.yaml:2:9: client.idle: \"15x\" (expected: a duration like 250ms, 15s or 1h)");
  }

  @Test
  void durationOutOfRange() {
    says(
        "defaults: {timeouts: {request: 0s}}",
        "gateway.yaml:1:32: defaults.timeouts.request: \"0s\" (expected: a duration from 1ms to"
            + " 1d)");
  }

  @Test
  void size() {
    says(
        "limits: {headers: 10MB}",
        "gateway.yaml:1:19: limits.headers: \"10MB\" (expected: a size like 512, 64KiB, 10MiB or"
            + " 1GiB)");
  }

  @Test
  void sizeOutOfRange() {
    says(
        "limits: {headers: 10MiB}",
        "gateway.yaml:1:19: limits.headers: \"10MiB\" (expected: a size from 1KiB to 1MiB)");
  }

  @Test
  void number() {
    String expected = " (expected: a whole number from 0 to 256)";
    says("event-loops: many", "gateway.yaml:1:14: event-loops: \"many\"" + expected);
    says("event-loops: -1", "gateway.yaml:1:14: event-loops: \"-1\"" + expected);
    says("event-loops: 1.5", "gateway.yaml:1:14: event-loops: \"1.5\"" + expected);
    says("event-loops: 257", "gateway.yaml:1:14: event-loops: \"257\"" + expected);
    says(
        "event-loops: 99999999999999999999",
        "gateway.yaml:1:14: event-loops: \"99999999999999999999\"" + expected);
  }

  @Test
  void percentage() {
    says(
        "upstreams: {a: {endpoints: http://a, breaker: {failures: 0.5}}}",
        "gateway.yaml:1:58: upstreams.a.breaker.failures: \"0.5\" (expected: a percentage like"
            + " 50%)");
  }

  @Test
  void word() {
    says(
        "forwarding-fields: X-Forwarded",
        "gateway.yaml:1:20: forwarding-fields: \"X-Forwarded\" (expected: none, x-forwarded,"
            + " forwarded or both)");
  }

  @Test
  void address() {
    says(
        "listen: 8080",
        "gateway.yaml:1:9: listen: \"8080\" (expected: an address like 127.0.0.1:8080, [::1]:8080"
            + " or localhost:8080)");
  }

  @Test
  void range() {
    says(
        "trusted-proxies: [10.0.0.0/8, 10.1.2.3/8]",
        "gateway.yaml:1:31: trusted-proxies[1]: \"10.1.2.3/8\" (expected: an address or a range"
            + " like 10.0.0.0/8 or fd00::/8, without bits behind the prefix)");
  }

  @Test
  void endpoint() {
    says(
        "upstreams: {a: http://a/path}",
        "gateway.yaml:1:16: upstreams.a: \"http://a/path\" (expected: an endpoint like"
            + " http://10.0.0.7:8080 or https://orders.internal, without a path)");
  }

  @Test
  void passwordOfAnEndpointIsNotShown() {
    says(
        "upstreams: {a: http://me:secret@a}",
        "gateway.yaml:1:16: upstreams.a: \"http://...@a\" (expected: an endpoint like"
            + " http://10.0.0.7:8080 or https://orders.internal, without a path)");
  }

  @Test
  void path() {
    says(
        "routes: [{path: orders, respond: {}}]",
        "gateway.yaml:1:17: routes[0].path: \"orders\" (expected: a path that begins with '/')");
  }

  @Test
  void host() {
    says(
        "routes: [{host: [a.example, \"b.example:80\"], respond: {}}]",
        "gateway.yaml:1:29: routes[0].host[1]: \"b.example:80\" (expected: a host like"
            + " api.example.com or *.example.com, without a port)");
  }

  @Test
  void method() {
    says(
        "routes: [{methods: get, respond: {}}]",
        "gateway.yaml:1:20: routes[0].methods: \"get\" (expected: a method in capital letters,"
            + " like GET)");
  }

  @Test
  void hostFieldThatIsNearlyAWord() {
    says(
        "upstreams: {a: {endpoints: http://a, host: preserv}}",
        "gateway.yaml:1:44: upstreams.a.host: \"preserv\" (expected: preserve, endpoint or a host"
            + " name; did you mean \"preserve\"?)");
  }

  @Test
  void destinationThatIsNearlyAWord() {
    says(
        "access-log: stdot",
        "gateway.yaml:1:13: access-log: \"stdot\" (expected: stdout, stderr, none or a path with a"
            + " '/', like ./access.log)");
  }

  @Test
  void partThatIsNotOff() {
    says(
        "defaults: {retry: no}",
        "gateway.yaml:1:19: defaults.retry: \"no\" (expected: off, or a mapping of max, base, cap,"
            + " statuses, replay)");
  }

  @Test
  void unknownKey() {
    says(
        """
        limits:
          header-cout: 5
        """,
        "gateway.yaml:2:3: limits.header-cout: unknown key (did you mean \"header-count\"?)");
    says(
        "accessLog: none",
        "gateway.yaml:1:1: accessLog: unknown key (did you mean \"access-log\"?)");
  }

  @Test
  void unknownKeyThatIsNearNone() {
    says(
        "drain: {patience: 5s}",
        "gateway.yaml:1:9: drain.patience: unknown key (known: grace, finish, websockets, websocket-code)");
  }

  @Test
  void doubledKey() {
    says(
        """
        listen: 127.0.0.1:1
        event-loops: 1
        listen: 127.0.0.1:2
        """,
        "gateway.yaml:3:1: listen: the key is there twice (expected: once; first at 1:1)");
  }

  @Test
  void missingKey() {
    says(
        """
        upstreams:
          a:
            host: endpoint
        """,
        "gateway.yaml:3:5: upstreams.a.endpoints: missing (expected: a list, each an endpoint like"
            + " http://10.0.0.7:8080 or https://orders.internal, without a path)");
  }

  @Test
  void keyWithoutValue() {
    says(
        "drain:\nlisten: null",
        "gateway.yaml:1:7: drain: no value (expected: a mapping of grace, finish, websockets, websocket-code)",
        "gateway.yaml:2:9: listen: no value (expected: an address like 127.0.0.1:8080, [::1]:8080"
            + " or localhost:8080)");
  }

  @Test
  void keyWithoutValueAtTheEnd() {
    says(
        "drain:",
        "gateway.yaml:1:7: drain: no value (expected: a mapping of grace, finish, websockets, websocket-code)");
  }

  @Test
  void listInsteadOfAValue() {
    says(
        "event-loops: [1, 2]",
        "gateway.yaml:1:14: event-loops: a list (expected: a whole number from 0 to 256)");
  }

  @Test
  void mappingInsteadOfAValue() {
    says(
        "event-loops: {a: 1}",
        "gateway.yaml:1:14: event-loops: a mapping (expected: a whole number from 0 to 256)");
  }

  @Test
  void valueInsteadOfAMapping() {
    says(
        "drain: 5s",
        "gateway.yaml:1:8: drain: \"5s\" (expected: a mapping of grace, finish, websockets, websocket-code)");
    says(
        "upstreams: [http://a]",
        "gateway.yaml:1:12: upstreams: a list (expected: a mapping, each key a name of 1 to 63"
            + " small letters, digits, '.', '_' and '-', beginning with a letter or digit)");
  }

  @Test
  void listInsteadOfTheFile() {
    assertThat(Given.problems("- a\n- b\n"))
        .singleElement()
        .asString()
        .startsWith(
            "gateway.yaml:1:1: a list (expected: a mapping of listen, tls, http2, certificate-reload, admin, ");
  }

  @Test
  void keyThatIsNoName() {
    says(
        "upstreams: {Orders: http://a}",
        "gateway.yaml:1:13: upstreams: \"Orders\" (expected: a name of 1 to 63 small letters,"
            + " digits, '.', '_' and '-', beginning with a letter or digit)");
  }

  @Test
  void tooManyItems() {
    says(
        "upstreams: {a: {endpoints: []}}",
        "gateway.yaml:1:28: upstreams.a.endpoints: 0 items (expected: 1 to 256)");
  }

  @Test
  void hostileTextIsQuotedAndCutShort() {
    assertThat(Given.problems("listen: \"\\e[31m" + "x".repeat(500) + "\\n\""))
        .singleElement()
        .asString()
        .startsWith("gateway.yaml:1:9: listen: \"\\u001b[31mxxx")
        .contains("xxx\"... (506 characters)")
        .hasSizeLessThan(250);
    assertThat(Given.problems("\"a\\nb\": 1"))
        .singleElement()
        .asString()
        .startsWith(
            "gateway.yaml:1:1: \"a\\u000ab\": unknown key (known: listen, tls, http2, certificate-reload, admin,");
  }

  @Test
  void tokenIsNeverShown() {
    assertThat(Given.problems("admin: {token: hunter2}"))
        .containsExactly(
            "gateway.yaml:1:16: admin.token: (hidden) (expected: a token of 16 to 512 characters of"
                + " visible ASCII)");
    assertThat(Given.problems("admin: {token: [hunter2]}"))
        .containsExactly(
            "gateway.yaml:1:16: admin.token: (hidden) (expected: a token of 16 to 512 characters of"
                + " visible ASCII)");
    assertThat(Given.problems("admin: {token: '${T}'}", Map.of("T", "hunter2")).toString())
        .doesNotContain("hunter2");
  }

  @Test
  void everythingInOneGoAndInTheOrderOfTheFile() {
    says(
        """
        routes:
          - {to: ordres, path: x}
          - {to: ordres}
          - {to: orders, timeouts: {request: soon}}
        event-loops: 999
        upstreams:
          orders: {endpoints: orders, retires: 3}
        """,
        "gateway.yaml:2:10: routes[0].to: \"ordres\" (expected: the name of an upstream; did you"
            + " mean \"orders\"?)",
        "gateway.yaml:2:24: routes[0].path: \"x\" (expected: a path that begins with '/')",
        "gateway.yaml:3:10: routes[1].to: \"ordres\" (expected: the name of an upstream; did you"
            + " mean \"orders\"?)",
        "gateway.yaml:4:38: routes[2].timeouts.request: \"soon\" (expected: a duration like 250ms,"
            + " 15s or 1h)",
        "gateway.yaml:5:14: event-loops: \"999\" (expected: a whole number from 0 to 256)",
        "gateway.yaml:7:23: upstreams.orders.endpoints: \"orders\" (expected: an endpoint like"
            + " http://10.0.0.7:8080 or https://orders.internal, without a path)",
        "gateway.yaml:7:31: upstreams.orders.retires: unknown key (known: endpoints, host,"
            + " connect-timeout, protocol, http2, tls, idle, lifetime, warm, max-response-headers, concurrency, breaker, retry-budget)");
  }

  @Test
  void countsTheProblemsPastTheHundredth() {
    StringBuilder yaml = new StringBuilder();
    for (int i = 0; i < 150; i++) {
      yaml.append("key-").append(i).append(": 1\n");
    }

    assertThat(Given.problems(yaml.toString()))
        .hasSize(101)
        .endsWith("gateway.yaml: and 50 more problems");
  }

  @Test
  void missingFile(@TempDir Path directory) {
    Path file = directory.resolve("none.yaml");

    assertThat(new SettingsReader(name -> null).read(file).problems())
        .hasToString("[" + file + ": no such file (expected: a file that can be read)]");
  }

  @Test
  void directory(@TempDir Path directory) {
    assertThat(new SettingsReader(name -> null).read(directory).problems())
        .hasToString("[" + directory + ": a directory (expected: a file that can be read)]");
  }
}
