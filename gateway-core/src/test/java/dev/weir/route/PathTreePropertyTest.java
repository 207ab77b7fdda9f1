package dev.weir.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.route.PathPattern.End;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** The tree against a list of all patterns, sorted by what goes first and scanned. */
class PathTreePropertyTest {

  @Provide
  Arbitrary<List<PathPattern>> patterns() {
    Arbitrary<List<String>> segments = Arbitraries.of("a", "a", "b", "c", "{}").list().ofMaxSize(4);
    Arbitrary<String> ends = Arbitraries.of("", "", "/", "/*", "/{*rest}");
    return Combinators.combine(segments, ends)
        .as(PathTreePropertyTest::pattern)
        .list()
        .ofMaxSize(12);
  }

  private static PathPattern pattern(List<String> segments, String end) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < segments.size(); i++) {
      text.append('/').append(segments.get(i).replace("{}", "{p" + i + "}"));
    }
    String whole = text + end;
    return PathPattern.parse(whole.isEmpty() ? "/" : whole);
  }

  @Provide
  Arbitrary<String> paths() {
    return Combinators.combine(
            Arbitraries.of("a", "a", "b", "c", "d").list().ofMaxSize(5), Arbitraries.of("", "/"))
        .as((segments, end) -> segments.isEmpty() ? "/" : "/" + String.join("/", segments) + end);
  }

  @Property(tries = 10_000, edgeCases = EdgeCasesMode.NONE)
  void findsWhatAScanFinds(
      @ForAll("patterns") List<PathPattern> patterns,
      @ForAll("paths") String path,
      @ForAll Set<Integer> unacceptable) {
    PathTree<Integer> tree = new PathTree<>();
    for (int i = 0; i < patterns.size(); i++) {
      tree.add(patterns.get(i), i);
    }
    Set<Integer> refused =
        Set.copyOf(unacceptable.stream().map(i -> Math.floorMod(i, 12)).toList());

    Integer found = tree.find(path, i -> !refused.contains(i));

    assertThat(found).isEqualTo(scan(patterns, path, refused));
  }

  @Property(tries = 5000, edgeCases = EdgeCasesMode.NONE)
  void looksAtAllThatMatchInOrderAndAtNothingElse(
      @ForAll("patterns") List<PathPattern> patterns, @ForAll("paths") String path) {
    PathTree<Integer> tree = new PathTree<>();
    for (int i = 0; i < patterns.size(); i++) {
      tree.add(patterns.get(i), i);
    }
    List<Integer> seen = new ArrayList<>();

    Integer none = tree.find(path, i -> !seen.add(i));

    assertThat(none).isNull();
    assertThat(seen).isEqualTo(sorted(patterns, path));
  }

  private static @Nullable Integer scan(
      List<PathPattern> patterns, String path, Set<Integer> refused) {
    return sorted(patterns, path).stream()
        .filter(i -> !refused.contains(i))
        .findFirst()
        .orElse(null);
  }

  private static List<Integer> sorted(List<PathPattern> patterns, String path) {
    return IntStream.range(0, patterns.size())
        .boxed()
        .filter(i -> matches(patterns.get(i), path))
        .sorted(Comparator.comparing((Integer i) -> rank(patterns.get(i))))
        .toList();
  }

  private static boolean matches(PathPattern pattern, String path) {
    List<String> asked = Arrays.asList(path.substring(1).split("/", -1));
    List<String> wanted = pattern.segments();
    boolean isLongEnough =
        switch (pattern.end()) {
          case EXACT -> asked.size() == wanted.size();
          case PREFIX -> asked.size() >= wanted.size();
          case TAIL -> asked.size() > wanted.size();
        };
    return isLongEnough
        && IntStream.range(0, wanted.size())
            .allMatch(
                i ->
                    wanted.get(i).equals(PathTree.ANY)
                        ? !asked.get(i).isEmpty()
                        : wanted.get(i).equals(asked.get(i)));
  }

  /** A letter for each place, so that the alphabet says which of two that both match goes first. */
  private static String rank(PathPattern pattern) {
    StringBuilder rank = new StringBuilder();
    pattern.segments().forEach(segment -> rank.append(segment.equals(PathTree.ANY) ? 'b' : 'a'));
    return rank.append(pattern.end() == End.EXACT ? "" : pattern.end() == End.TAIL ? "c" : "d")
        .toString();
  }
}
