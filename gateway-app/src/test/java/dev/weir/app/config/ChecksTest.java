package dev.weir.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What has to hold between settings. */
class ChecksTest {

  private static final String UPSTREAM = "upstreams: {orders: http://a}\n";

  private static void says(String yaml, String... problems) {
    assertThat(Given.problems(yaml)).containsExactly(problems);
  }

  /** About one route, which is written in flow style from column 10 of line 2. */
  private static void saysOfRoute(String route, String... problems) {
    says(UPSTREAM + "routes: [" + route + "]", problems);
  }

  private static void accepts(String yaml) {
    assertThat(Given.settings(yaml)).isNotNull();
  }

  private static void acceptsRoute(String route) {
    accepts(UPSTREAM + "routes: [" + route + "]");
  }

  @Test
  void adminNeedsATokenWhereOthersCanReachIt() {
    says(
        "admin:\n  address: 0.0.0.0:9901\n",
        "gateway.yaml:2:3: admin.token: missing (expected: a token, since 0.0.0.0:9901 can be"
            + " reached from other machines)");
    accepts("admin: {address: 0.0.0.0:9901, token: 0123456789abcdef}");
    accepts("admin: 127.1.2.3:9901");
    accepts("admin: \"[::1]:9901\"");
    accepts("admin: localhost:9901");
  }

  @Test
  void listenersNeedAddressesOfTheirOwn() {
    says(
        "listen: 127.0.0.1:80\nadmin: 127.0.0.1:80\n",
        "gateway.yaml:2:8: admin: \"127.0.0.1:80\" (expected: another address than that of listen,"
            + " 127.0.0.1:80)");
    says(
        "listen: 0.0.0.0:80\nadmin: {address: 127.0.0.1:80}\n",
        "gateway.yaml:2:18: admin.address: \"127.0.0.1:80\" (expected: another address than that of"
            + " listen, 0.0.0.0:80)");
    says(
        "listen: \"[::]:9901\"",
        "gateway.yaml:1:9: listen: \"[::]:9901\" (expected: another address than that of admin,"
            + " 127.0.0.1:9901)");
    says(
        "listen: localhost:9901",
        "gateway.yaml:1:9: listen: \"localhost:9901\" (expected: another address than that of admin,"
            + " 127.0.0.1:9901)");
    accepts("listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\n");
    accepts("listen: 127.0.0.2:9901");
    accepts("listen: 0.0.0.0:80\nadmin: \"[::1]:80\"\n");
  }

  @Test
  void endpointsAreThereOnce() {
    says(
        "upstreams: {a: [http://a, http://b, \"HTTP://A:80/\"]}",
        "gateway.yaml:1:37: upstreams.a[2]: \"HTTP://A:80/\" (expected: each endpoint once)");
    accepts("upstreams: {a: [http://a, https://a, http://a:81]}");
  }

  @Test
  void nothingCanBeChosenWithoutTls() {
    says(
        "upstreams: {a: {endpoints: [https://a, http://a], protocol: auto}}",
        "gateway.yaml:1:61: upstreams.a.protocol: \"auto\" (expected: http1 or http2, as nothing can"
            + " be chosen with http:// endpoints)");
    accepts("upstreams: {a: {endpoints: http://a, protocol: http2}}");
    accepts("upstreams: {a: {endpoints: https://a, protocol: auto}}");
  }

  @Test
  void breakerStaysOpenForAtLeastAsLongAsAtFirst() {
    says(
        "upstreams: {a: {endpoints: http://a, breaker: {open: 5s, max-open: 4s}}}",
        "gateway.yaml:1:68: upstreams.a.breaker.max-open: \"4s\" (expected: at least open, 5s)");
    says(
        "upstreams: {a: {endpoints: http://a, breaker: {open: 2m}}}",
        "gateway.yaml:1:54: upstreams.a.breaker.open: \"2m\" (expected: at most max-open, 1m)");
    accepts("upstreams: {a: {endpoints: http://a, breaker: {open: 60s}}}");
  }

  @Test
  void pauseGrowsToAtLeastWhatItBeginsWith() {
    says(
        "defaults: {retry: {base: 1s}}",
        "gateway.yaml:1:26: defaults.retry.base: \"1s\" (expected: at most cap, 250ms)");
  }

  @Test
  void attemptIsNoLongerThanTheRequest() {
    says(
        "defaults: {timeouts: {request: 5s, attempt: 6s}}",
        "gateway.yaml:1:45: defaults.timeouts.attempt: \"6s\" (expected: at most request, 5s)");
    saysOfRoute(
        "{to: orders, timeouts: {attempt: 16s}}",
        "gateway.yaml:2:43: routes[0].timeouts.attempt: \"16s\" (expected: at most request, 15s)");
    accepts("defaults: {timeouts: {request: 5s, attempt: 5s}}");
  }

  @Test
  void requestIsNoLongerThanTheExchange() {
    says(
        "defaults: {timeouts: {exchange: 10s}}",
        "gateway.yaml:1:33: defaults.timeouts.exchange: \"10s\" (expected: at least request, 15s)");
    saysOfRoute(
        "{to: orders, timeouts: {request: 2h}}",
        "gateway.yaml:2:43: routes[0].timeouts.request: \"2h\" (expected: at most exchange, 1h)");
  }

  @Test
  void defaultsThatContradictThemselvesAreReportedOnce() {
    says(
        """
        upstreams: {orders: http://a}
        defaults: {timeouts: {request: 20s, attempt: 30s, exchange: 10s}}
        routes: [{to: orders, timeouts: {idle: 1s}}]
        """,
        "gateway.yaml:2:46: defaults.timeouts.attempt: \"30s\" (expected: at most request, 20s)",
        "gateway.yaml:2:61: defaults.timeouts.exchange: \"10s\" (expected: at least request, 20s)");
  }

  @Test
  void routeGoesToExactlyOnePlace() {
    saysOfRoute(
        "{path: /x}",
        "gateway.yaml:2:10: routes[0]: nowhere to go (expected: exactly one of to, respond and"
            + " redirect)");
    saysOfRoute(
        "{to: orders, respond: {}}",
        "gateway.yaml:2:10: routes[0]: to, respond (expected: exactly one of to, respond and"
            + " redirect)");
    saysOfRoute(
        "{to: orders, respond: {}, redirect: /x}",
        "gateway.yaml:2:10: routes[0]: to, respond, redirect (expected: exactly one of to, respond"
            + " and redirect)");
  }

  @Test
  void routeNamesAnUpstreamThatIsThere() {
    saysOfRoute(
        "{to: order}",
        "gateway.yaml:2:15: routes[0].to: \"order\" (expected: the name of an upstream; did you mean"
            + " \"orders\"?)");
    saysOfRoute(
        "{to: [orders, {upstream: billing, weight: 1}]}",
        "gateway.yaml:2:35: routes[0].to[1].upstream: \"billing\" (expected: the name of an"
            + " upstream; known: orders)");
    says(
        "routes: [{to: orders}]",
        "gateway.yaml:1:15: routes[0].to: \"orders\" (expected: the name of an upstream; there is"
            + " none)");
  }

  @Test
  void upstreamInErrorIsNotMissingToo() {
    says(
        "upstreams: {orders: nowhere}\nroutes: [{to: orders}]",
        "gateway.yaml:1:21: upstreams.orders: \"nowhere\" (expected: an endpoint like"
            + " http://10.0.0.7:8080 or https://orders.internal, without a path)");
  }

  @Test
  void weightsSumUpToSomething() {
    saysOfRoute(
        "{to: [{upstream: orders, weight: 0}]}",
        "gateway.yaml:2:15: routes[0].to: no weight at all (expected: a weight above 0)");
    saysOfRoute(
        "{to: [{upstream: orders, weight: -1}]}",
        "gateway.yaml:2:43: routes[0].to[0].weight: \"-1\" (expected: a whole number from 0 to"
            + " 1000000)");
    acceptsRoute("{to: [{upstream: orders, weight: 0}, orders]}");
  }

  @Test
  void whatIsForUpstreamsNeedsOne() {
    saysOfRoute(
        "{respond: {}, rewrite: /x, request-headers: {}, response-headers: {}, retry: off}",
        "gateway.yaml:2:33: routes[0].rewrite: of no use without an upstream (expected: only with"
            + " to)",
        "gateway.yaml:2:54: routes[0].request-headers: of no use without an upstream (expected:"
            + " only with to)",
        "gateway.yaml:2:76: routes[0].response-headers: of no use without an upstream (expected:"
            + " only with to)",
        "gateway.yaml:2:87: routes[0].retry: of no use without an upstream (expected: only with"
            + " to)");
  }

  @Test
  void rewriteIsACanonicalPathOfWhatTheRouteMatches() {
    String expected = " (expected: a path that begins with '/', canonical, without a query)";
    saysOfRoute(
        "{path: \"/a/{id}\", to: orders, rewrite: \"/b/{key}\"}",
        "gateway.yaml:2:49: routes[0].rewrite: \"/b/{key}\" (expected: parameters of the path"
            + " /a/{id})");
    saysOfRoute(
        "{path: /a, to: orders, rewrite: /b/*}",
        "gateway.yaml:2:42: routes[0].rewrite: \"/b/*\" (expected: a '*' only where the path /a ends"
            + " in one)");
    saysOfRoute(
        "{path: \"/a/{id}\", to: orders, rewrite: \"/b/{id\"}",
        "gateway.yaml:2:49: routes[0].rewrite: \"/b/{id\" (expected: '{' and '}' around a"
            + " parameter's name alone)");
    for (String rewrite : new String[] {"b", "/b/../c", "//b", "/b?c", "/b c", "/%62"}) {
      saysOfRoute(
          "{path: \"/a/{id}\", to: orders, rewrite: \"" + rewrite + "\"}",
          "gateway.yaml:2:49: routes[0].rewrite: \"" + rewrite + "\"" + expected);
    }
    acceptsRoute("{path: \"/a/{id}/*\", to: orders, rewrite: \"/b/{id}/c%20d/*\"}");
    acceptsRoute("{path: \"/a/{*rest}\", to: orders, rewrite: \"/{rest}\"}");
    acceptsRoute("{path: /a/*, to: orders, rewrite: /*}");
  }

  @Test
  void redirectIsAnAddressOfWhatTheRouteMatches() {
    saysOfRoute(
        "{path: \"/a/{id}\", redirect: \"/b/{key}\"}",
        "gateway.yaml:2:38: routes[0].redirect: \"/b/{key}\" (expected: parameters of the path"
            + " /a/{id})");
    String address =
        " (expected: an address like https://example.com/{id}, its host without parameters)";
    for (String to : new String[] {"b", "ftp://b/", "https://{id}.b/", "https://me@b/", "//b"}) {
      saysOfRoute(
          "{path: \"/a/{id}\", redirect: \"" + to + "\"}",
          "gateway.yaml:2:38: routes[0].redirect: \""
              + to.replace("//me@", "//...@")
              + "\""
              + (to.startsWith("/") ? " (expected: a canonical path)" : address));
    }
    saysOfRoute(
        "{path: /a, redirect: \"https://b/c/../d\"}",
        "gateway.yaml:2:31: routes[0].redirect: \"https://b/c/../d\" (expected: an address with a"
            + " canonical path)");
    acceptsRoute("{path: \"/a/{id}\", redirect: \"https://b:8443/{id}?x=1\"}");
    acceptsRoute("{path: /a/*, redirect: \"https://b*\"}");
    acceptsRoute("{path: /a/*, redirect: {to: /b/*, status: 307}}");
    acceptsRoute("{redirect: https://b}");
  }

  @Test
  void redirectHasAStatusOfRedirects() {
    saysOfRoute(
        "{redirect: {to: /x, status: 304}}",
        "gateway.yaml:2:38: routes[0].redirect.status: \"304\" (expected: 301, 302, 303, 307 or"
            + " 308)");
  }

  @Test
  void answersWithoutBodyHaveNone() {
    saysOfRoute(
        "{respond: {status: 204, body: x}}",
        "gateway.yaml:2:40: routes[0].respond.body: \"x\" (expected: none with status 204)");
    acceptsRoute("{respond: {status: 204}}");
  }

  @Test
  void headerFieldsHaveNames() {
    saysOfRoute(
        "{to: orders, request-headers: {set: {\"a b\": 1}, remove: [\"\"]}}",
        "gateway.yaml:2:47: routes[0].request-headers.set: \"a b\" (expected: the name of a header"
            + " field)",
        "gateway.yaml:2:67: routes[0].request-headers.remove[0]: \"\" (expected: the name of a"
            + " header field)");
    saysOfRoute(
        "{to: orders, headers: {\"a:\": 1}}",
        "gateway.yaml:2:33: routes[0].headers: \"a:\" (expected: the name of a header field)");
  }

  @Test
  void headerFieldsHaveSoundValues() {
    String expected = " (expected: printable ASCII, without white space at the ends)";
    saysOfRoute(
        "{to: orders, request-headers: {set: {a: \"b\\r\\nc: d\"}}}",
        "gateway.yaml:2:50: routes[0].request-headers.set.a: \"b\\u000d\\u000ac: d\"" + expected);
    saysOfRoute(
        "{to: orders, response-headers: {add: {a: ' b'}}}",
        "gateway.yaml:2:51: routes[0].response-headers.add.a: \" b\"" + expected);
    saysOfRoute(
        "{respond: {headers: {a: \"\\0\"}}}",
        "gateway.yaml:2:34: routes[0].respond.headers.a: \"\\u0000\"" + expected);
    saysOfRoute(
        "{to: orders, headers: {a: é}}",
        "gateway.yaml:2:36: routes[0].headers.a: \"\\u00e9\"" + expected);
    acceptsRoute("{to: orders, request-headers: {set: {a: '', b: \"c \\t d\"}}}");
  }

  @Test
  void headerFieldsOfAConnectionAreLeftToTheGateway() {
    String expected =
        " (expected: another field; this one belongs to a single connection, and the gateway writes"
            + " it)";
    saysOfRoute(
        "{to: orders, request-headers: {set: {Connection: close}, add: {TE: x}, remove: [upgrade]}}",
        "gateway.yaml:2:47: routes[0].request-headers.set: \"Connection\"" + expected,
        "gateway.yaml:2:73: routes[0].request-headers.add: \"TE\"" + expected,
        "gateway.yaml:2:90: routes[0].request-headers.remove[0]: \"upgrade\"" + expected);
    saysOfRoute(
        "{to: orders, response-headers: {set: {Transfer-Encoding: chunked}}}",
        "gateway.yaml:2:48: routes[0].response-headers.set: \"Transfer-Encoding\"" + expected);
    saysOfRoute(
        "{respond: {headers: {content-length: 5}}}",
        "gateway.yaml:2:31: routes[0].respond.headers: \"content-length\"" + expected);
  }

  @Test
  void hostFieldIsLeftToTheUpstream() {
    String expected =
        " (expected: another field; what endpoints get as Host is up to the upstream's host)";
    saysOfRoute(
        "{to: orders, request-headers: {set: {Host: x}, add: {host: x}, remove: host}}",
        "gateway.yaml:2:47: routes[0].request-headers.set: \"Host\"" + expected,
        "gateway.yaml:2:63: routes[0].request-headers.add: \"host\"" + expected,
        "gateway.yaml:2:81: routes[0].request-headers.remove: \"host\"" + expected);
  }

  @Test
  void headerFieldsAreThereOnceInAnySpelling() {
    saysOfRoute(
        "{to: orders, request-headers: {set: {X-A: 1, x-a: 2}}, headers: {X-B: 1, x-b: 2}}",
        "gateway.yaml:2:55: routes[0].request-headers.set: \"x-a\" (expected: each field once; upper"
            + " and lower case are the same)",
        "gateway.yaml:2:83: routes[0].headers: \"x-b\" (expected: each field once; upper and lower"
            + " case are the same)");
  }

  @Test
  void idsAreUnique() {
    says(
        """
        upstreams: {orders: http://a}
        routes:
          - {id: a, path: /a, to: orders}
          - {id: route-3, path: /b, to: orders}
          - {path: /c, to: orders}
          - {id: a, path: /d, to: orders}
        """,
        "gateway.yaml:5:5: routes[2]: has the id route-3 by default, as has routes[1] (expected: an"
            + " id of its own)",
        "gateway.yaml:6:10: routes[3].id: \"a\" (expected: an id that is not that of routes[0])");
  }

  @Test
  void routesCanBeReached() {
    says(
        """
        upstreams: {orders: http://a}
        routes:
          - {path: "/a/{id}", methods: [GET, PUT], headers: {X: 1}, query: {q: 1}, to: orders}
          - {path: "/%61/{key}", methods: [PUT, GET], headers: {x: 1}, query: {q: 1}, to: orders}
        """,
        "gateway.yaml:4:5: routes[1]: never reached (expected: another host, path, method, header"
            + " or query than that of routes[0])");
    says(
        """
        upstreams: {orders: http://a}
        routes:
          - {host: [a.example, b.example], to: orders}
          - {host: [c.example, B.example], to: orders}
        """,
        "gateway.yaml:4:5: routes[1]: never reached for the host b.example (expected: another host,"
            + " path, method, header or query than that of routes[0])");
  }

  @Test
  void routesThatDifferInAnythingCanBeReached() {
    accepts(
        """
        upstreams: {orders: http://a}
        routes:
          - {path: "/a/{id}", to: orders}
          - {path: "/a/{id}/", to: orders}
          - {path: "/a/{*id}", to: orders}
          - {path: "/a/*", to: orders}
          - {path: "/A/{id}", to: orders}
          - {path: "/a/{id}", host: a.example, to: orders}
          - {path: "/a/{id}", methods: GET, to: orders}
          - {path: "/a/{id}", headers: {a: 1}, to: orders}
          - {path: "/a/{id}", headers: {a: 2}, to: orders}
          - {path: "/a/{id}", query: {a: 1}, to: orders}
        """);
  }

  @Test
  void warnsOfUpstreamsThatNothingLeadsTo() {
    assertThat(
            Given.warnings(
                """
                upstreams:
                  orders: http://a
                  spare: http://b
                routes: [{to: orders}]
                """))
        .containsExactly("gateway.yaml:3:3: warning: upstreams: no route leads to spare");
  }

  @Test
  void warnsOfAFileWithoutRoutes() {
    assertThat(Given.warnings("listen: 127.0.0.1:8080"))
        .containsExactly(
            "gateway.yaml:1:1: warning: no routes; every request will be answered 404");
  }

  @Test
  void doesNotWarnBesideErrors() {
    says(
        "upstreams: {spare: http://b}\nevent-loops: 999",
        "gateway.yaml:2:14: event-loops: \"999\" (expected: a whole number from 0 to 256)");
  }

  @Test
  void rateLimitsAreThereAndUsedOnce() {
    String limits = "rate-limits: {a: {rate: 1}, b: {rate: 1}}\n";
    says(
        limits + UPSTREAM + "routes: [{to: orders, rate-limits: [a, c, a]}]",
        "gateway.yaml:3:40: routes[0].rate-limits[1]: \"c\" (expected: the name of a rate limit;"
            + " did you mean \"a\"?)",
        "gateway.yaml:3:43: routes[0].rate-limits[2]: \"a\" (expected: each rate limit once)");
    assertThat(Given.warnings(limits + UPSTREAM + "routes: [{to: orders, rate-limits: a}]"))
        .containsExactly("gateway.yaml:1:29: warning: rate-limits: no route has the rate limit b");
  }

  @Test
  void rateLimitsCanBeCounted() {
    says(
        "rate-limits: {a: {rate: 999999937, per: 30d}}",
        "gateway.yaml:1:25: rate-limits.a.rate: \"999999937\" (expected: less, for a shorter time:"
            + " rate, per and burst together can't be counted exactly)");
    says(
        "rate-limits: {a: {rate: 9, algorithm: sliding-window, burst: 9}}",
        "gateway.yaml:1:62: rate-limits.a.burst: of no use with a sliding window (expected: only"
            + " with gcra)");
    accepts("rate-limits: {a: {rate: 1000000, per: 1d}}\nroutes: [{respond: {}, rate-limits: a}]");
  }

  @Test
  void aCostIsNeverMoreThanThereIs() {
    says(
        "rate-limits: {a: {rate: 5, cost: 6}}",
        "gateway.yaml:1:34: rate-limits.a.cost: \"6\" (expected: a cost that is not above the"
            + " tokens that can be taken at once, 5)");
    says(
        "rate-limits: {a: {rate: 50, cost: {header: x-cost}}}",
        "gateway.yaml:1:35: rate-limits.a.cost.max: missing (expected: a cost that is not above the"
            + " tokens that can be taken at once, 50)");
    says(
        "rate-limits: {a: {rate: 50, cost: {max: 9}}}",
        "gateway.yaml:1:41: rate-limits.a.cost.max: of no use without a header (expected: only with"
            + " header)");
    accepts(
        "rate-limits: {a: {rate: 5, burst: 6, cost: 6}}\nroutes: [{respond: {}, rate-limits: a}]");
  }

  @Test
  void aKeyOfThePathIsThere() {
    says(
        "rate-limits: {a: {rate: 5, key: \"path:id\"}}\nroutes: [{respond: {}, rate-limits: a}]",
        "gateway.yaml:2:37: routes[0].rate-limits: its key needs the parameter id (expected: a"
            + " path with {id})");
    says(
        "routes: [{respond: {}, path: \"/{ie}\", rate-limit: {rate: 5, key: \"path:id\"}}]",
        "gateway.yaml:1:51: routes[0].rate-limit: its key needs the parameter id (expected: a path"
            + " with {id})");
    accepts("routes: [{respond: {}, path: \"/{id}\", rate-limit: {rate: 5, key: \"path:id\"}}]");
    says(
        "routes: [{respond: {}, rate-limit: {rate: 5, key: clint}}]",
        "gateway.yaml:1:51: routes[0].rate-limit.key: \"clint\" (expected: client, api-key, host,"
            + " header:NAME or path:NAME; did you mean \"client\"?)");
  }

  @Test
  void webSocketsAreClosedWithinTheTimeThatThereIs() {
    says(
        "drain: {finish: 5s, websockets: 6s}",
        "gateway.yaml:1:33: drain.websockets: \"6s\" (expected: at most finish, 5s)");
    says(
        "drain: {websocket-code: 1003}",
        "gateway.yaml:1:25: drain.websocket-code: \"1003\" (expected: 1001 or 1012)");
    accepts("drain: {finish: 5s, websocket-code: 1012}");
    assertThat(Given.settings("drain: {finish: 5s}").drain().spread()).hasSeconds(5);
  }

  @Test
  void webSocketsAreForOriginsAndGoToUpstreams() {
    acceptsRoute("{to: orders, websocket: {origins: [same, \"https://*.a.example:8443\"]}}");
    acceptsRoute("{to: orders, websocket: {origins: [\"http://[::1]:80\", any]}}");
    acceptsRoute("{to: orders, websocket: off}");
    says(
        UPSTREAM + "routes: [{to: orders, websocket: {origins: [smae]}}]",
        "gateway.yaml:2:45: routes[0].websocket.origins[0]: \"smae\" (expected: same, any, or an"
            + " origin like https://app.example.com)");
    says(
        UPSTREAM + "routes: [{redirect: {to: http://a}, websocket: {idle: 1m}}]",
        "gateway.yaml:2:48: routes[0].websocket: of no use without an upstream (expected: only with"
            + " to)");
  }
}
