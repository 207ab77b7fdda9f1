package dev.weir.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weir.route.PathPattern.End;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The path of a route, as it is written. */
class PathPatternTest {

  private static final String ANY = PathTree.ANY;

  private static void reads(String text, End end, String... segments) {
    PathPattern pattern = PathPattern.parse(text);

    assertThat(pattern.segments()).containsExactly(segments);
    assertThat(pattern.end()).isEqualTo(end);
    assertThat(pattern.isPrefix()).isEqualTo(end == End.PREFIX);
    assertThat(pattern).hasToString(text);
  }

  @Test
  void readsSegments() {
    reads("/", End.EXACT, "");
    reads("/orders", End.EXACT, "orders");
    reads("/orders/", End.EXACT, "orders", "");
    reads("/a/b.c/~d", End.EXACT, "a", "b.c", "~d");
    reads("/...", End.EXACT, "...");
  }

  @Test
  void readsParameters() {
    reads("/{id}", End.EXACT, ANY);
    reads("/orders/{id}/items/{item_2}", End.EXACT, "orders", ANY, "items", ANY);
    reads("/orders/{id}/", End.EXACT, "orders", ANY, "");

    assertThat(PathPattern.parse("/{b}/x/{a}").names()).containsExactly("b", "a");
  }

  @Test
  void readsEnds() {
    reads("/*", End.PREFIX);
    reads("/static/*", End.PREFIX, "static");
    reads("/{tenant}/*", End.PREFIX, ANY);
    reads("/{*rest}", End.TAIL);
    reads("/files/{*rest}", End.TAIL, "files");

    assertThat(PathPattern.parse("/{a}/{*rest}").names()).containsExactly("a", "rest");
  }

  @Test
  void comparesLiteralsInTheirCanonicalSpelling() {
    reads("/caf%c3%a9", End.EXACT, "caf%C3%A9");
    reads("/%41%2db", End.EXACT, "A-b");
    reads("/a|b", End.EXACT, "a%7Cb");
    reads("/%7bid%7d", End.EXACT, "%7Bid%7D");
    reads("/%2a", End.EXACT, "%2A");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "orders | begins with '/'",
        "'' | begins with '/'",
        "* | begins with '/'",
        "{id} | begins with '/'",
        "//a | not empty",
        "/a//b | not empty",
        "/a// | not empty",
        "/./a | no dot segments",
        "/a/. | no dot segments",
        "/a/%2e | no dot segments",
        "/../a | RFC 3986",
        "/a/.. | RFC 3986",
        "/%2e%2e/a | RFC 3986",
        "/a b | RFC 3986",
        "/a;b | RFC 3986",
        "/a%2Fb | RFC 3986",
        "/a\\b | RFC 3986",
        "/a#b | RFC 3986",
        "/caf\u00e9 | RFC 3986",
        "/%zz | RFC 3986",
        "/%c3 | RFC 3986",
        "/a?b | without a query",
        "/a?b=c | without a query",
        "/a? | without a query",
        "/a/*/b | whole segment",
        "/a* | whole segment",
        "/*a | whole segment",
        "/** | whole segment",
        "/a{id} | whole segment",
        "/{id}.json | whole segment",
        "/{id | whole segment",
        "/id} | whole segment",
        "/{a}{b} | letters, digits",
        "/{} | letters, digits",
        "/{*} | letters, digits",
        "/{a-b} | letters, digits",
        "/{1a} | letters, digits",
        "/{ a} | letters, digits",
        "/{\u00e9} | letters, digits",
        "/{*rest}/a | letters, digits",
        "/{**rest} | letters, digits",
        "/{a}/{a} | each parameter once",
        "/{a}/{*a} | each parameter once",
      })
  void refusesWhatIsNoPattern(String text, String expected) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PathPattern.parse(text))
        .withMessageContaining(expected);
  }

  @Test
  void saysWhatItsParametersStandFor() {
    assertThat(PathPattern.parse("/orders").parameters("/orders")).isEmpty();
    assertThat(PathPattern.parse("/orders/{id}").parameters("/orders/7"))
        .isEqualTo(Map.of("id", "7"));
    assertThat(PathPattern.parse("/{a}/x/{b}/").parameters("/1/x/a%2Cb/"))
        .isEqualTo(Map.of("a", "1", "b", "a%2Cb"));
    assertThat(PathPattern.parse("/{a}/*").parameters("/1/2/3")).isEqualTo(Map.of("a", "1"));
    assertThat(PathPattern.parse("/{a}/*").parameters("/1")).isEqualTo(Map.of("a", "1"));
  }

  @Test
  void saysWhatItsTailStandsFor() {
    PathPattern files = PathPattern.parse("/files/{*rest}");

    assertThat(files.parameters("/files/a/b")).isEqualTo(Map.of("rest", "a/b"));
    assertThat(files.parameters("/files/a/")).isEqualTo(Map.of("rest", "a/"));
    assertThat(files.parameters("/files/")).isEqualTo(Map.of("rest", ""));
    assertThat(PathPattern.parse("/{*rest}").parameters("/")).isEqualTo(Map.of("rest", ""));
    assertThat(PathPattern.parse("/{a}/{*rest}").parameters("/1/2/3"))
        .isEqualTo(Map.of("a", "1", "rest", "2/3"));
  }

  @ParameterizedTest
  @CsvSource({
    "/*, /, /",
    "/*, /a/b, /a/b",
    "/api/*, /api, ''",
    "/api/*, /api/, /",
    "/api/*, /api/a/b, /a/b",
    "/{a}/v/*, /x/v, ''",
    "/{a}/v/*, /x/v/y/, /y/",
  })
  void saysWhatFollowsItsPrefix(String pattern, String path, String rest) {
    assertThat(PathPattern.parse(pattern).rest(path)).isEqualTo(rest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a", "/{a}", "/a/*", "/{*a}"})
  void isNotChangedByWhoeverReadsIt(String text) {
    PathPattern pattern = PathPattern.parse(text);

    assertThat(pattern.segments()).isUnmodifiable();
    assertThat(pattern.names()).isUnmodifiable();
    assertThat(List.copyOf(pattern.segments())).isEqualTo(pattern.segments());
  }
}
