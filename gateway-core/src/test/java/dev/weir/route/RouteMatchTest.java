package dev.weir.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.testing.Requests;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a route wants of a request besides its host and path. */
class RouteMatchTest {

  private static RouteMatch match(
      Set<HttpMethod> methods, Map<String, String> headers, Map<String, String> query) {
    return new RouteMatch(List.of(), PathPattern.parse("/*"), methods, headers, query);
  }

  private static boolean hasHeader(String name, String value, String... fields) {
    return match(Set.of(), Map.of(name, value), Map.of()).accepts(Requests.get("/", fields));
  }

  private static boolean hasParameter(String name, String value, String target) {
    return match(Set.of(), Map.of(), Map.of(name, value)).accepts(Requests.get(target));
  }

  @Test
  void takesEverythingIfItWantsNothing() {
    RouteMatch match = match(Set.of(), Map.of(), Map.of());

    assertThat(match.accepts(Requests.get("/?a=b", "x", "y"))).isTrue();
    assertThat(match.accepts(Requests.request(HttpMethod.valueOf("PROPFIND"), "b", "/"))).isTrue();
  }

  /** E1, E2: some servers take {@code get} for GET, behind the back of a rule about GET. */
  @Test
  void takesNoMethodThatNobodyKnowsUnlessItSaysSo() {
    RouteMatch match = match(Set.of(), Map.of(), Map.of());

    assertThat(match.accepts(Requests.request(HttpMethod.valueOf("FOO"), "b", "/"))).isFalse();
    assertThat(match.accepts(Requests.request(HttpMethod.valueOf("get"), "b", "/"))).isFalse();
  }

  @Test
  void wantsOneOfItsMethods() {
    RouteMatch match = match(Set.of(HttpMethod.GET, HttpMethod.valueOf("FOO")), Map.of(), Map.of());

    assertThat(match.accepts(Requests.get("/"))).isTrue();
    assertThat(match.accepts(Requests.request(HttpMethod.valueOf("FOO"), "a", "/"))).isTrue();
    assertThat(match.accepts(Requests.request(HttpMethod.POST, "a", "/"))).isFalse();
    assertThat(match.accepts(Requests.request(HttpMethod.HEAD, "a", "/"))).isFalse();
    assertThat(match.accepts(Requests.request(HttpMethod.valueOf("get"), "a", "/"))).isFalse();
    assertThat(match.acceptsFields(Requests.request(HttpMethod.POST, "a", "/"))).isTrue();
  }

  @Test
  void wantsAHeaderField() {
    assertThat(hasHeader("x-a", "1", "X-A", "1")).isTrue();
    assertThat(hasHeader("x-a", "1", "x-a", "2", "x-a", "1")).isTrue();
    assertThat(hasHeader("x-a", "1", "x-a", "2, 1")).isTrue();
    assertThat(hasHeader("x-a", "a, b", "x-a", "a, b")).isTrue();
    assertThat(hasHeader("x-a", "1", "x-a", "2")).isFalse();
    assertThat(hasHeader("x-a", "1", "x-a", "11")).isFalse();
    assertThat(hasHeader("x-a", "a", "x-a", "A")).isFalse();
    assertThat(hasHeader("x-a", "1", "x-b", "1")).isFalse();
    assertThat(hasHeader("x-a", "1")).isFalse();
  }

  @Test
  void wantsAHeaderFieldOfAnyValue() {
    assertThat(hasHeader("x-a", RouteMatch.PRESENT, "X-A", "1")).isTrue();
    assertThat(hasHeader("x-a", RouteMatch.PRESENT, "x-a", "")).isTrue();
    assertThat(hasHeader("x-a", RouteMatch.PRESENT, "x-b", "1")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "a, 1, /?a=1, true",
    "a, 1, /?b=2&a=1, true",
    "a, 1, /?a=2&a=1, true",
    "a, 1, /?a=2, false",
    "a, 1, /?a=11, false",
    "a, 1, /?A=1, false",
    "a, 1, /?aa=1, false",
    "a, 1, /, false",
    "a, 1, /?, false",
    "a, 1, /?a, false",
    "a, *, /?a=1, true",
    "a, *, /?a, true",
    "a, *, /?a=, true",
    "a, *, /?b, false",
    "a, '', /?a, true",
    "a, b c, /?a=b+c, true",
    "a, b c, /?a=b%20c, true",
    "a, b&c=d, /?a=b%26c%3dd, true",
    "a b, 1, /?a%20b=1, true",
    "a, 1;b=2, /?a=1;b=2, true",
    "b, 2, /?a=1;b=2, false",
    "a, \u00e9, /?a=%c3%a9, true",
    "a, b=c, /?a=b=c, true",
  })
  void wantsAQueryParameter(String name, String value, String target, boolean isAccepted) {
    assertThat(hasParameter(name, value, target)).isEqualTo(isAccepted);
  }

  @Test
  void survivesAQueryThatIsNotUtf8() {
    assertThat(hasParameter("a", "1", "/?b=%ff%fe&a=1")).isTrue();
    assertThat(hasParameter("a", "1", "/?a=%ff")).isFalse();
  }

  @Test
  void looksAtNoMoreThan1024Parameters() {
    String many = IntStream.range(0, 1023).mapToObj(i -> "p=" + i).collect(Collectors.joining("&"));

    assertThat(hasParameter("a", "1", "/?" + many + "&a=1")).isTrue();
    assertThat(hasParameter("a", "1", "/?" + many + "&x=y&a=1")).isFalse();
  }

  @Test
  void wantsAllOfItsParts() {
    RouteMatch match =
        match(Set.of(HttpMethod.GET), Map.of("x-a", "1", "x-b", "*"), Map.of("c", "2", "d", "*"));

    assertThat(match.accepts(Requests.get("/?c=2&d", "x-a", "1", "x-b", "3"))).isTrue();
    assertThat(match.accepts(Requests.get("/?c=2", "x-a", "1", "x-b", "3"))).isFalse();
    assertThat(match.accepts(Requests.get("/?c=2&d", "x-a", "1"))).isFalse();
    assertThat(match.accepts(Requests.get("/?c=2&d", "x-b", "3"))).isFalse();
    assertThat(match.accepts(Requests.get("/?c=3&d", "x-a", "1", "x-b", "3"))).isFalse();
  }
}
