package dev.weir.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which pattern goes before which. */
class PathTreeTest {

  private static PathTree<String> tree(String... patterns) {
    PathTree<String> tree = new PathTree<>();
    for (String pattern : patterns) {
      tree.add(PathPattern.parse(pattern), pattern);
    }
    return tree;
  }

  @ParameterizedTest
  @CsvSource({
    "/, /",
    "/orders, /orders",
    "/orders/, /orders/",
    "/orders/7, /orders/{id}",
    "/orders/new, /orders/new",
    "/orders/7/items, /orders/{id}/items",
    "/orders/new/items, /orders/{id}/items",
    "/static, /static/*",
    "/static/, /static/*",
    "/static/a/b, /static/*",
    "/static/css, /static/css/*",
    "/static/css/a, /static/css/*",
    "/files/, /files/{*rest}",
    "/files/a/b, /files/{*rest}",
    "/x, /{any}",
    "/files, /{any}",
  })
  void takesTheMostSpecificPattern(String path, String expected) {
    PathTree<String> tree =
        tree(
            "/{any}",
            "/files/{*rest}",
            "/static/*",
            "/static/css/*",
            "/orders/{id}/items",
            "/orders/{id}",
            "/orders/new",
            "/orders/",
            "/orders",
            "/");

    assertThat(tree.find(path, all -> true)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"/a, /b", "/a, /a/", "/a/, /a", "/a, /a/b", "/{x}, /", "/{x}, /a/", "/a/{x}, /a/"})
  void takesNothingElse(String pattern, String path) {
    assertThat(tree(pattern).find(path, all -> true)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"/A, /a", "/a/{*rest}, /a", "/a/*, /ab", "/a/*, /", "/{a}/{b}, /a/"})
  void isExact(String pattern, String path) {
    assertThat(tree(pattern).find(path, all -> true)).isNull();
  }

  @Test
  void takesEverythingByAnEmptyPrefixOrTail() {
    for (String path : List.of("/", "/a", "/a/b/c/", "/a/")) {
      assertThat(tree("/*").find(path, all -> true)).isEqualTo("/*");
      assertThat(tree("/{*rest}").find(path, all -> true)).isEqualTo("/{*rest}");
    }
  }

  @Test
  void goesLiteralParameterTailPrefix() {
    PathTree<String> tree = tree("/*", "/{*rest}", "/{a}", "/x");
    List<String> order = new ArrayList<>();

    assertThat(
            tree.find(
                "/x",
                value -> {
                  order.add(value);
                  return false;
                }))
        .isNull();

    assertThat(order).containsExactly("/x", "/{a}", "/{*rest}", "/*");
  }

  @Test
  void leavesABranchThatLeadsToNothing() {
    PathTree<String> tree = tree("/a/b/c", "/a/{x}/d", "/{y}/b/e", "/a/c/*", "/*");

    assertThat(tree.find("/a/b/c", all -> true)).isEqualTo("/a/b/c");
    assertThat(tree.find("/a/b/d", all -> true)).isEqualTo("/a/{x}/d");
    assertThat(tree.find("/a/b/e", all -> true)).isEqualTo("/{y}/b/e");
    assertThat(tree.find("/a/c/f", all -> true)).isEqualTo("/a/c/*");
    assertThat(tree.find("/b/b/f", all -> true)).isEqualTo("/*");
  }

  @Test
  void decidesFromLeftToRight() {
    PathTree<String> tree = tree("/{y}/b/e", "/a/*");

    assertThat(tree.find("/a/b/e", all -> true)).isEqualTo("/a/*");
  }

  @Test
  void goesOnToTheNextIfAValueIsNotAcceptable() {
    PathTree<String> tree = tree("/a/b", "/a/{x}", "/a/*");

    assertThat(tree.find("/a/b", Predicate.isEqual("/a/{x}"))).isEqualTo("/a/{x}");
    assertThat(tree.find("/a/b", Predicate.isEqual("/a/*"))).isEqualTo("/a/*");
  }

  @Test
  void takesWhatWasAddedFirstAmongEquals() {
    PathTree<String> tree = new PathTree<>();
    tree.add(PathPattern.parse("/{a}"), "first");
    tree.add(PathPattern.parse("/{b}"), "second");

    assertThat(tree.find("/x", all -> true)).isEqualTo("first");
    assertThat(tree.find("/x", Predicate.isEqual("second"))).isEqualTo("second");
  }

  @Test
  void isNotDeeperThanItsPatterns() {
    String path = "/a".repeat(100_000);

    assertThat(tree("/a/{x}", "/*").find(path, all -> true)).isEqualTo("/*");
    assertThat(tree("/a/{x}").find(path, all -> true)).isNull();
  }

  @Test
  void looksAtWhatMatchesAlone() {
    String[] many =
        IntStream.range(0, 10_000).mapToObj(i -> "/r" + i + "/{id}").toArray(String[]::new);
    PathTree<String> tree = tree(many);
    List<String> seen = new ArrayList<>();

    for (String pattern : Arrays.asList(many)) {
      String path = pattern.replace("{id}", "7");
      assertThat(tree.find(path, seen::add)).isEqualTo(pattern);
    }

    assertThat(seen).hasSize(10_000);
  }
}
