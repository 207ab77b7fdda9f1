package dev.weir.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.testing.Requests;
import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Which route takes a request, and what is said if none does. */
class RouteTableTest {

  private final List<Route> routes = new ArrayList<>();
  private final List<Request> handled = new ArrayList<>();

  private void route(String id, List<String> hosts, String path, HttpMethod... methods) {
    route(id, new RouteMatch(hosts, PathPattern.parse(path), Set.of(methods), Map.of(), Map.of()));
  }

  private void route(String id, RouteMatch match) {
    routes.add(
        new Route(
            id,
            match,
            request -> {
              handled.add(request);
              return Mono.just(Response.of(200));
            }));
  }

  private String routeOf(Request request) {
    Route route = new RouteTable(routes).match(request);
    return route == null ? "none" : route.id();
  }

  private String routeOf(String host, String path) {
    return routeOf(Requests.request(HttpMethod.GET, host, path));
  }

  private void refuses(Request request, Failure failure, Map<String, String> fields) {
    StepVerifier.create(new RouteTable(routes).handle(request))
        .verifyErrorSatisfies(
            error -> {
              assertThat(Failure.of(error)).isEqualTo(failure);
              assertThat(((FailureException) error).fields()).isEqualTo(fields);
            });
    assertThat(request.progress().route()).isEqualTo("-");
  }

  @ParameterizedTest
  @CsvSource({
    "a.example, exact",
    "a.example:8080, exact",
    "A.Example., exact",
    "b.example, suffix",
    "x.y.example, suffix",
    "x.b.example, longer",
    "x.y.b.example, longer",
    "example, any",
    "other, any",
    "aexample, any",
    "xb.example, suffix",
    "[::1], any",
  })
  void takesTheMostSpecificHost(String host, String expected) {
    route("any", List.of(), "/*");
    route("suffix", List.of("*.example"), "/*");
    route("longer", List.of("*.b.example"), "/*");
    route("exact", List.of("a.example"), "/*");

    assertThat(routeOf(host, "/")).isEqualTo(expected);
  }

  @Test
  void takesEachOfItsHosts() {
    route("r", List.of("a", "b", "*.c", "[::1]", "10.0.0.7"), "/x");

    assertThat(routeOf("a", "/x")).isEqualTo("r");
    assertThat(routeOf("b", "/x")).isEqualTo("r");
    assertThat(routeOf("d.c", "/x")).isEqualTo("r");
    assertThat(routeOf("[0:0::1]:80", "/x")).isEqualTo("r");
    assertThat(routeOf("10.0.0.7", "/x")).isEqualTo("r");
    assertThat(routeOf("c", "/x")).isEqualTo("none");
    assertThat(routeOf("e", "/x")).isEqualTo("none");
  }

  @Test
  void fallsThroughToLessSpecificHosts() {
    route("exact", List.of("a.b.example"), "/1");
    route("longer", List.of("*.b.example"), "/2");
    route("suffix", List.of("*.example"), "/3");
    route("any", List.of(), "/4");
    route("any-get", List.of(), "/1", HttpMethod.GET);

    assertThat(routeOf("a.b.example", "/1")).isEqualTo("exact");
    assertThat(routeOf("a.b.example", "/2")).isEqualTo("longer");
    assertThat(routeOf("a.b.example", "/3")).isEqualTo("suffix");
    assertThat(routeOf("a.b.example", "/4")).isEqualTo("any");
    assertThat(routeOf("a.b.example", "/5")).isEqualTo("none");
    assertThat(routeOf("other", "/1")).isEqualTo("any-get");
  }

  @Test
  void takesAHostBeforeAMoreSpecificPath() {
    route("path", List.of(), "/orders/new");
    route("host", List.of("a"), "/*");

    assertThat(routeOf("a", "/orders/new")).isEqualTo("host");
  }

  @Test
  void takesTheFirstOfTheConfigurationAmongEquals() {
    route("post", List.of(), "/{a}", HttpMethod.POST);
    route("first", List.of(), "/{b}", HttpMethod.GET);
    route("second", List.of(), "/{c}");

    assertThat(routeOf("a", "/x")).isEqualTo("first");
    assertThat(routeOf(Requests.request(HttpMethod.POST, "a", "/x"))).isEqualTo("post");
    assertThat(routeOf(Requests.request(HttpMethod.PUT, "a", "/x"))).isEqualTo("second");
  }

  @Test
  void fallsThroughToALessSpecificPathIfTheMethodDoesNotHold() {
    route("create", List.of(), "/orders/new", HttpMethod.POST);
    route("read", List.of(), "/orders/{id}", HttpMethod.GET);
    route("rest", List.of(), "/*");

    assertThat(routeOf("a", "/orders/new")).isEqualTo("read");
    assertThat(routeOf(Requests.request(HttpMethod.PUT, "a", "/orders/new"))).isEqualTo("rest");
  }

  @Test
  void asksForHeadersAndQueryToo() {
    PathPattern path = PathPattern.parse("/x");
    route("beta", new RouteMatch(List.of(), path, Set.of(), Map.of("x-beta", "1"), Map.of()));
    route("debug", new RouteMatch(List.of(), path, Set.of(), Map.of(), Map.of("debug", "*")));
    route("plain", List.of(), "/x");

    assertThat(routeOf(Requests.get("/x", "x-beta", "1"))).isEqualTo("beta");
    assertThat(routeOf(Requests.get("/x?debug"))).isEqualTo("debug");
    assertThat(routeOf(Requests.get("/x"))).isEqualTo("plain");
  }

  @Test
  void handsTheRequestOnWithItsParameters() {
    route("order", List.of(), "/orders/{id}/items/{item}");
    Request request = Requests.get("/orders/7/items/a%20b?c=d");

    StepVerifier.create(new RouteTable(routes).handle(request))
        .assertNext(response -> assertThat(response.status()).isEqualTo(200))
        .verifyComplete();

    assertThat(handled).hasSize(1);
    assertThat(handled.get(0).pathParameters()).isEqualTo(Map.of("id", "7", "item", "a%20b"));
    assertThat(handled.get(0).target()).isEqualTo(request.target());
    assertThat(request.progress().route()).isEqualTo("order");
  }

  @Test
  void handsTheRequestOnAsItIsWithoutParameters() {
    route("orders", List.of(), "/orders");
    Request request = Requests.get("/orders");

    StepVerifier.create(new RouteTable(routes).handle(request)).expectNextCount(1).verifyComplete();

    assertThat(handled).containsExactly(request);
  }

  @Test
  void says404IfNothingMatches() {
    route("orders", List.of("a.example"), "/orders", HttpMethod.GET);

    refuses(Requests.get("/other"), Failure.NO_ROUTE, Map.of());
    refuses(Requests.request(HttpMethod.GET, "b", "/orders"), Failure.NO_ROUTE, Map.of());
    refuses(Requests.request(HttpMethod.POST, "b", "/orders"), Failure.NO_ROUTE, Map.of());
  }

  @Test
  void says404IfThereAreNoRoutes() {
    refuses(Requests.get("/"), Failure.NO_ROUTE, Map.of());
  }

  @Test
  void says405WithAllMethodsThatWouldBeTaken() {
    route("read", List.of(), "/orders", HttpMethod.GET, HttpMethod.HEAD);
    route("create", List.of(), "/orders", HttpMethod.POST);
    route("host", List.of("a"), "/{x}", HttpMethod.DELETE);
    route("other", List.of("b"), "/orders", HttpMethod.PATCH);

    refuses(
        Requests.request(HttpMethod.PUT, "a", "/orders"),
        Failure.METHOD_NOT_ALLOWED,
        Map.of("allow", "DELETE, GET, HEAD, POST"));
  }

  @Test
  void says501ToAMethodThatNobodyKnows() {
    route("all", List.of(), "/*");
    refuses(
        Requests.request(HttpMethod.valueOf("get"), "a", "/"), Failure.METHOD_NOT_KNOWN, Map.of());
  }

  @Test
  void says404IfMoreThanTheMethodKeepsTheRouteAway() {
    route(
        "beta",
        new RouteMatch(
            List.of(),
            PathPattern.parse("/x"),
            Set.of(HttpMethod.POST),
            Map.of("x-beta", "1"),
            Map.of()));

    refuses(Requests.get("/x"), Failure.NO_ROUTE, Map.of());
    refuses(Requests.get("/x", "x-beta", "1"), Failure.METHOD_NOT_ALLOWED, Map.of("allow", "POST"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/*", "/{*rest}", "/{id}"})
  void answersForTheServerAsAWholeItself(String path) {
    route("r", List.of(), path);

    Request request = Requests.request(HttpMethod.OPTIONS, "a", "*");
    StepVerifier.create(new RouteTable(routes).handle(request))
        .assertNext(response -> assertThat(response.status()).isEqualTo(204))
        .verifyComplete();
  }

  @Test
  void givesItsRoutesInTheOrderOfTheConfiguration() {
    route("b", List.of(), "/b");
    route("a", List.of("a"), "/a");

    RouteTable table = new RouteTable(routes);
    routes.clear();

    assertThat(table.routes()).extracting(Route::id).containsExactly("b", "a");
  }

  @Test
  void findsEachOfTenThousandRoutes() {
    for (int i = 0; i < 2_500; i++) {
      route("exact-" + i, List.of(), "/exact/" + i);
      route("order-" + i, List.of(), "/orders-" + i + "/{id}/items/{item}");
      route("static-" + i, List.of(), "/static/" + i + "/*");
      route("host-" + i, List.of("h" + i + ".example", "*.d" + i + ".example"), "/*");
    }
    RouteTable table = new RouteTable(routes);

    for (int i = 0; i < 2_500; i++) {
      assertThat(idOf(table, "a", "/exact/" + i)).isEqualTo("exact-" + i);
      assertThat(idOf(table, "a", "/orders-" + i + "/7/items/8")).isEqualTo("order-" + i);
      assertThat(idOf(table, "a", "/static/" + i + "/x/y")).isEqualTo("static-" + i);
      assertThat(idOf(table, "h" + i + ".example", "/exact/1")).isEqualTo("host-" + i);
      assertThat(idOf(table, "x.d" + i + ".example", "/")).isEqualTo("host-" + i);
    }
    assertThat(table.match(Requests.get("/exact/2500"))).isNull();
  }

  private static String idOf(RouteTable table, String host, String path) {
    return table.match(Requests.request(HttpMethod.GET, host, path)).id();
  }
}
