package dev.weir.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.config.binding.Place;
import dev.weir.app.config.binding.Problem;
import dev.weir.app.config.binding.Reading;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever is done to a file, it is read or it is said what is wrong with it, and where. */
class MutatedFilePropertyTest {

  private static final String COMPLETE = Given.resource("complete.yaml");
  private static final String TOKEN = "0123456789abcdef";
  private static final List<String> PIECES =
      List.of(
          "\n",
          "  ",
          "\t",
          ":",
          ": ",
          "- ",
          "[",
          "]",
          "{",
          "}",
          "\"",
          "'",
          "#",
          "|",
          ">",
          "&a ",
          "*a",
          "!x ",
          "${",
          "${X}",
          "}",
          "?",
          "%",
          "@",
          "\u0000",
          "\u00e9",
          "\ud83d\ude00",
          "\ud83d",
          "~",
          "null",
          "off",
          "-1",
          "99999999999999999999",
          "0x1F",
          "/*",
          "{id}",
          "\\",
          "\r",
          "---\n",
          "...",
          "<<",
          "\uFEFF",
          "x".repeat(100));

  @Property(tries = 2000)
  void isReadOrRefusedWithPlaces(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int changes) {
    check(mutated(COMPLETE, new Random(seed), changes));
  }

  @Property(tries = 500)
  void isReadOrRefusedWithPlacesWhateverTheTextIs(@ForAll("yamlLike") String text) {
    check(text);
  }

  @Provide
  Arbitrary<String> yamlLike() {
    return Arbitraries.of(PIECES).list().ofMaxSize(40).map(pieces -> String.join("", pieces));
  }

  private static void check(String text) {
    Reading<Settings> reading = Given.reading(text, Map.of("WEIR_ADMIN_TOKEN", TOKEN));

    boolean isRefused = reading instanceof Reading.Refused;
    assertThat(reading.problems()).allMatch(problem -> problem.isError() == isRefused);
    assertThat(reading.problems().isEmpty() && isRefused).isFalse();
    assertThat(reading.problems()).allSatisfy(problem -> checkProblem(problem, text));
    assertThat(reading.toString()).doesNotContain(TOKEN);
  }

  private static void checkProblem(Problem problem, String text) {
    assertThat(problem.message()).matches("[ -~]+").hasSizeLessThan(2000);
    Place place = problem.place();
    if (place != null) {
      List<String> lines = List.of(text.split("\r\n|\r|\n", -1));
      assertThat(place.line()).isBetween(1, lines.size());
      String line = lines.get(place.line() - 1);
      assertThat(place.column()).isBetween(1, line.codePointCount(0, line.length()) + 1);
    }
  }

  private static String mutated(String text, Random random, int changes) {
    StringBuilder mutated = new StringBuilder(text);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(mutated.length() + 1);
      int to = Math.min(mutated.length(), at + random.nextInt(12));
      String piece = PIECES.get(random.nextInt(PIECES.size()));
      switch (random.nextInt(5)) {
        case 0 -> mutated.insert(at, piece);
        case 1 -> mutated.delete(at, to);
        case 2 -> mutated.replace(at, to, piece);
        case 3 -> mutated.insert(at, mutated.substring(at, to));
        default -> moveLine(mutated, random);
      }
    }
    return mutated.toString();
  }

  private static void moveLine(StringBuilder text, Random random) {
    int start = text.lastIndexOf("\n", random.nextInt(text.length() + 1)) + 1;
    int end = text.indexOf("\n", start) + 1;
    String line = text.substring(start, Math.max(start, end));
    int target = text.lastIndexOf("\n", random.nextInt(text.length() + 1)) + 1;
    text.insert(target, line);
  }
}
