package dev.weir.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Authority;
import dev.weir.http.ForwardingFields;
import dev.weir.http.IpRange;
import dev.weir.http.Target;
import dev.weir.http.Timeouts;
import dev.weir.resilience.ConcurrencyLimit;
import dev.weir.upstream.Upstream.HostField;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is made of a file that is in order. */
class SettingsTest {

  private static final String UPSTREAMS = "upstreams: {a: http://a, b: http://b}\n";

  private static RouteSettings route(String yaml) {
    return Given.settings(UPSTREAMS + yaml).routes().get(0);
  }

  @Test
  void hasADefaultForAllThatIsNotSaid() {
    Settings settings = Given.settings("listen: 127.0.0.1:8080\n");

    assertThat(settings).isEqualTo(Given.settings("event-loops: 0\n"));
    assertThat(settings.listen()).isEqualTo(new ListenAddress("127.0.0.1", 8080));
    assertThat(settings.admin().address()).isEqualTo(new ListenAddress("127.0.0.1", 9901));
    assertThat(settings.admin().token()).isNull();
    assertThat(settings.transport()).isEqualTo(Settings.Transport.NATIVE);
    assertThat(settings.trustedProxies()).isEmpty();
    assertThat(settings.forwardingFields()).isEqualTo(ForwardingFields.BOTH);
    assertThat(settings.ambiguousPaths()).isEqualTo(Target.Ambiguous.REFUSE);
    assertThat(settings.limits().headers()).isEqualTo(new ByteSize(32 * 1024));
    assertThat(settings.client().idle()).isEqualTo(Duration.ofSeconds(75));
    assertThat(settings.concurrency().policy())
        .isEqualTo(new ConcurrencyLimit.Policy(2048, 1024, Duration.ofSeconds(1)));
    assertThat(settings.accessLog().to()).isEqualTo(new LogDestination.Stdout());
    assertThat(settings.defaults().timeouts().timeouts())
        .isEqualTo(
            new Timeouts(
                Duration.ofSeconds(15),
                Duration.ofSeconds(15),
                Duration.ofSeconds(60),
                Duration.ofHours(1)));
    assertThat(settings.defaults().maxBody()).isEqualTo(new ByteSize(10 * 1024 * 1024));
    assertThat(settings.upstreams()).isEmpty();
    assertThat(settings.routes()).isEmpty();
  }

  @Test
  void readsEverySetting() {
    Settings settings =
        Given.settings(
            Given.resource("complete.yaml"), Map.of("WEIR_ADMIN_TOKEN", "0123456789abcdef"));

    assertThat(settings.admin().token()).isEqualTo("0123456789abcdef");
    assertThat(settings.trustedProxies())
        .containsExactly(IpRange.parse("10.0.0.0/8"), IpRange.parse("fd00::/8"));
    UpstreamSettings canary = settings.upstreams().get("orders-canary");
    assertThat(canary.endpoints())
        .containsExactly(new EndpointUrl("https", Authority.parse("canary.internal")));
    assertThat(canary.host()).isEqualTo(new HostField.Fixed("orders.internal"));
    assertThat(canary.breaker().on()).isNull();
    RouteSettings route = settings.routes().get(0);
    assertThat(route.host())
        .containsExactly(new HostPattern("api.example.com"), new HostPattern("*.example.org"));
    assertThat(route.methods()).containsExactly(HttpMethod.GET, HttpMethod.PUT);
    assertThat(route.to())
        .containsExactly(new ShareSettings("orders", 90), new ShareSettings("orders-canary", 10));
    assertThat(route.requestHeaders().edits().remove()).containsExactly("x-internal");
    assertThat(route.rewriteTemplate()).isNotNull();
    assertThat(settings.routes().get(2).redirect())
        .isEqualTo(new RedirectSettings("https://example.com/new/*", 308));
  }

  @Test
  void readsTheExampleThatComesWithIt() {
    SettingsReader reader = new SettingsReader(name -> null);

    assertThat(reader.read(Path.of("src/main/dist/conf/gateway.yaml")).problems()).isEmpty();
  }

  @Test
  void takesShortForms() {
    Settings settings =
        Given.settings(
            """
            admin: localhost:9901
            access-log: ./access.log
            upstreams:
              a: http://a
              b: [http://b, http://c]
            routes:
              path: /x
              host: a.example
              to: a
            """);

    assertThat(settings.admin().address()).isEqualTo(new ListenAddress("localhost", 9901));
    assertThat(settings.accessLog().to())
        .isEqualTo(new LogDestination.File(Path.of("./access.log")));
    assertThat(settings.upstreams().get("a").endpoints()).hasSize(1);
    assertThat(settings.upstreams().get("b").endpoints()).hasSize(2);
    assertThat(settings.routes()).hasSize(1);
    assertThat(settings.routes().get(0).host()).containsExactly(new HostPattern("a.example"));
    assertThat(settings.routes().get(0).to()).containsExactly(new ShareSettings("a", 1));
  }

  @Test
  void takesOtherPartsFromTheDefaultOfTheWhole() {
    Settings settings =
        Given.settings(
            """
            concurrency: {max: 5}
            upstreams:
              a: {endpoints: http://a, concurrency: {queue: 7}}
            """);

    assertThat(settings.concurrency())
        .isEqualTo(new ConcurrencySettings(5, 1024, Duration.ofSeconds(1)));
    assertThat(settings.upstreams().get("a").concurrency())
        .isEqualTo(new ConcurrencySettings(256, 7, Duration.ofSeconds(1)));
  }

  @Test
  void givesARouteThePartsOfTheDefaultsThatItDoesNotHave() {
    RouteSettings route =
        route(
            """
            defaults:
              timeouts: {request: 20s, idle: 30s}
              retry: {max: 5, base: 10ms}
              max-body: 1KiB
            routes:
              - {to: a, timeouts: {request: 4s}, retry: {base: 1ms}}
            """);

    assertThat(route.timeouts().timeouts())
        .isEqualTo(
            new Timeouts(
                Duration.ofSeconds(4),
                Duration.ofSeconds(4),
                Duration.ofSeconds(30),
                Duration.ofHours(1)));
    RetrySettings retry = route.retry().on();
    assertThat(retry).isNotNull();
    assertThat(retry.max()).isEqualTo(5);
    assertThat(retry.base()).isEqualTo(Duration.ofMillis(1));
    assertThat(retry.policy().statuses()).containsExactlyInAnyOrder(502, 503, 504);
    assertThat(route.maxBody()).isEqualTo(new ByteSize(1024));
  }

  @Test
  void givesARouteTheWholeOfTheDefaultsThatItDoesNotSpeakOf() {
    Settings settings =
        Given.settings(
            UPSTREAMS
                + """
                defaults: {timeouts: {request: 20s}, retry: off, max-body: 0}
                routes: [{to: a}]
                """);

    RouteSettings route = settings.routes().get(0);
    assertThat(route.timeouts()).isSameAs(settings.defaults().timeouts());
    assertThat(route.retry().on()).isNull();
    assertThat(route.maxBody()).isEqualTo(new ByteSize(0));
  }

  @Test
  void letsARouteTurnRetryOffAndOn() {
    assertThat(route("routes: [{to: a, retry: off}]").retry().on()).isNull();

    RetrySettings retry =
        route("defaults: {retry: off}\nroutes: [{to: a, retry: {max: 1}}]").retry().on();

    assertThat(retry).isNotNull();
    assertThat(retry.max()).isEqualTo(1);
    assertThat(retry.base()).isEqualTo(Duration.ofMillis(25));
  }

  @Test
  void endsAnAttemptOfTheDefaultsWithTheRequestOfTheRoute() {
    RouteSettings route =
        route(
            """
            defaults: {timeouts: {attempt: 10s}}
            routes: [{to: a, timeouts: {request: 5s}}]
            """);

    assertThat(route.timeouts().timeouts().attempt()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void keepsAnAttemptThatIsShorterThanTheRequest() {
    assertThat(route("routes: [{to: a, timeouts: {attempt: 2s}}]").timeouts().timeouts().attempt())
        .isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void namesRoutesByTheirPosition() {
    Settings settings =
        Given.settings(
            UPSTREAMS + "routes: [{to: a}, {id: mine, path: /b, to: b}, {path: /c, to: a}]");

    assertThat(settings.routes())
        .extracting(RouteSettings::id)
        .containsExactly("route-1", "mine", "route-3");
  }

  @Test
  void matchesWhatTheRouteSays() {
    RouteSettings route =
        route(
            """
            routes:
              - host: [API.Example.com, "*.Example.org"]
                path: /orders/{id}
                methods: [GET, HEAD]
                headers: {x-a: 1}
                query: {q: "*"}
                to: a
            """);

    assertThat(route.match().hosts()).containsExactly("api.example.com", "*.example.org");
    assertThat(route.match().path()).hasToString("/orders/{id}");
    assertThat(route.match().methods()).containsExactlyInAnyOrder(HttpMethod.GET, HttpMethod.HEAD);
    assertThat(route.match().headers()).isEqualTo(Map.of("x-a", "1"));
    assertThat(route.match().query()).isEqualTo(Map.of("q", "*"));
  }

  @Test
  void keepsTheOrderOfTheFile() {
    Settings settings = Given.settings("upstreams: {c: http://c, a: http://a, b: http://b}");

    assertThat(List.copyOf(settings.upstreams().keySet())).containsExactly("c", "a", "b");
  }

  @Test
  void doesNotShowTheToken() {
    Settings settings = Given.settings("admin: {token: 0123456789abcdef}");

    assertThat(settings.toString()).contains("with a token").doesNotContain("0123456789abcdef");
  }
}
