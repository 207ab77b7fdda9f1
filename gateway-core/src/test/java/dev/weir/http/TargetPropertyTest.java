package dev.weir.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Target.Ambiguous;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import net.jqwik.api.statistics.StatisticsReport.StatisticsReportMode;

/**
 * The canonical form against a slow model of it, which works on bytes and lists of segments, and
 * against the grammar of RFC 3986.
 */
class TargetPropertyTest {

  private static final Pattern PATH =
      Pattern.compile("(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2})*+)++");
  private static final Pattern QUERY =
      Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*+");
  private static final Pattern ENCODED_UNRESERVED =
      Pattern.compile("%(?:2D|2E|3[0-9]|4[1-9A-F]|5[0-9A]|5F|6[1-9A-F]|7[0-9A]|7E)");

  private static final String[] PIECES = {
    "/",
    "/",
    "/",
    "/",
    ".",
    "..",
    "/..",
    "/.",
    "a",
    "b",
    "Z",
    "~",
    "%41",
    "%7e",
    "%2e",
    "%2E%2e",
    "%2f",
    "%2F",
    "%5c",
    "%20",
    "%25",
    "%252e",
    "%25%32",
    "%3b",
    "%3B",
    ";",
    ";x=1",
    "..;",
    "%c3%a9",
    "%C3",
    "%a9",
    "%c0%ae",
    "%ff",
    "%00",
    "%0d%0a",
    "%7f",
    "%",
    "%z",
    "!",
    "$&'()*+,=:@",
    "\"",
    "<>",
    "[",
    "]",
    "{x}",
    "|",
    "^",
    "`",
    "\\",
    "#",
    " ",
    "\t",
    "\u007f",
    "\u00e9"
  };

  private static final String[] SOUND_PIECES = {
    "/",
    "/",
    "/",
    ".",
    "..",
    "/..",
    "/.",
    "a",
    "b",
    "%41",
    "%7e",
    "%2e",
    "%2f",
    "%2F",
    "%25",
    "%252e",
    "%3b",
    ";",
    ";x",
    "%c3%a9",
    "%E2%82%AC",
    "!",
    "=:@",
    "{",
    "|",
    "-",
    "_"
  };

  @Provide
  Arbitrary<String> anything() {
    return Arbitraries.strings().withCharRange('\0', '\u00ff').ofMaxLength(40);
  }

  @Provide
  Arbitrary<String> targets() {
    Arbitrary<String> paths =
        Arbitraries.oneOf(listOf(PIECES, 8), listOf(SOUND_PIECES, 16), listOf(SOUND_PIECES, 6));
    Arbitrary<String> queries = Arbitraries.oneOf(Arbitraries.just(""), listOf(PIECES, 5));
    Arbitrary<String> starts =
        Arbitraries.frequency(Tuple.of(8, "/"), Tuple.of(1, "http://a.example"), Tuple.of(1, ""));
    return Combinators.combine(starts, paths, queries)
        .as((start, path, query) -> start + path + (query.isEmpty() ? "" : "?" + query));
  }

  private static Arbitrary<String> listOf(String[] pieces, int maxSize) {
    return Arbitraries.of(pieces).list().ofMaxSize(maxSize).map(list -> String.join("", list));
  }

  private static Optional<Target> parse(String text, Ambiguous ambiguous) {
    try {
      return Optional.of(Target.parse(text, ambiguous));
    } catch (FailureException refusal) {
      assertThat(refusal.failure()).isIn(Failure.BAD_TARGET, Failure.BAD_HOST);
      return Optional.empty();
    }
  }

  @Property(tries = 3000)
  void refusesInOneWayOnly(@ForAll("anything") String text, @ForAll Ambiguous ambiguous) {
    for (String start : List.of("", "/", "/?", "http://")) {
      Optional<Target> unused = parse(start + text, ambiguous);
    }
  }

  @Property(tries = 5000)
  void readsItsOwnTextAsItself(@ForAll("targets") String text, @ForAll Ambiguous ambiguous) {
    parse(text, ambiguous)
        .ifPresent(
            target -> {
              Target again = Target.parse(target.toString(), ambiguous);
              assertThat(again.path()).isEqualTo(target.path());
              assertThat(again.query()).isEqualTo(target.query());
            });
  }

  @Property(tries = 5000)
  void keepsTheGrammarAndTheCanonicalForm(
      @ForAll("targets") String text, @ForAll Ambiguous ambiguous) {
    parse(text, ambiguous)
        .filter(target -> !target.path().equals("*"))
        .ifPresent(
            target -> {
              assertThat(target.path()).matches(PATH).doesNotContain("//");
              assertThat(target.path() + "/").doesNotContain("/./", "/../");
              assertThat(target.path()).doesNotContainPattern(ENCODED_UNRESERVED);
              assertThat(target.query() == null ? "" : target.query()).matches(QUERY);
            });
  }

  @Property(tries = 10_000)
  @StatisticsReport(StatisticsReportMode.OFF)
  void agreesWithTheModel(@ForAll("targets") String text, @ForAll Ambiguous ambiguous) {
    int start = text.startsWith("http://a.example") ? "http://a.example".length() : 0;
    if (!text.startsWith("/", start)) {
      return;
    }
    int question = text.indexOf('?');
    String raw = text.substring(start, question < 0 ? text.length() : question);
    Optional<List<String>> expected = Model.segments(raw, ambiguous == Ambiguous.KEEP);

    Optional<List<String>> actual =
        parse(text.substring(0, start) + raw, ambiguous)
            .map(target -> Model.split(target.path()))
            .map(segments -> segments.stream().map(Model::decode).toList());

    assertThat(actual).isEqualTo(expected);
    Statistics.label("accepted")
        .collect(actual.isPresent())
        .coverage(check -> check.check(true).percentage(share -> share > 20));
  }

  @Property(tries = 2000)
  void refusesNoMoreWhenKeepingWhatIsAmbiguous(@ForAll("targets") String text) {
    Optional<Target> strict = parse(text, Ambiguous.REFUSE);

    if (strict.isPresent()) {
      assertThat(parse(text, Ambiguous.KEEP)).isEqualTo(strict);
    }
  }

  /** Decodes each segment, then judges and counts whole segments; bytes are Latin-1 characters. */
  private static final class Model {

    private static final String RAW =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/"
            + "\"<>[]^`{|}";

    private Model() {}

    static Optional<List<String>> segments(String path, boolean isKeeping) {
      for (char c : path.replaceAll("%[0-9A-Fa-f]{2}", "").toCharArray()) {
        if (RAW.indexOf(c) < 0) {
          return Optional.empty();
        }
      }
      Deque<String> result = new ArrayDeque<>();
      boolean isBelow = false;
      for (String segment : split(path)) {
        String decoded = decode(segment);
        if (isForbidden(decoded, isKeeping) || hidesDots(decoded)) {
          return Optional.empty();
        }
        isBelow |= decoded.equals("..") && result.isEmpty();
        if (decoded.equals("..") && !result.isEmpty()) {
          result.removeLast();
        } else if (!List.of("", ".", "..").contains(decoded)) {
          result.addLast(decoded);
        }
      }
      String last = decode(path.substring(path.lastIndexOf('/') + 1));
      if (List.of("", ".", "..").contains(last)) {
        result.addLast("");
      }
      return isBelow ? Optional.empty() : Optional.of(new ArrayList<>(result));
    }

    static List<String> split(String path) {
      return Arrays.asList(path.substring(1).split("/", -1));
    }

    static String decode(String segment) {
      StringBuilder bytes = new StringBuilder();
      for (int i = 0; i < segment.length(); i++) {
        boolean isEncoded = segment.charAt(i) == '%';
        bytes.append(
            isEncoded
                ? (char) Integer.parseInt(segment.substring(i + 1, i + 3), 16)
                : segment.charAt(i));
        i += isEncoded ? 2 : 0;
      }
      return bytes.toString();
    }

    private static boolean isForbidden(String decoded, boolean isKeeping) {
      byte[] bytes = decoded.getBytes(ISO_8859_1);
      boolean isUtf8 = Arrays.equals(new String(bytes, UTF_8).getBytes(UTF_8), bytes);
      boolean hasControl = decoded.chars().anyMatch(c -> c < 0x20 || c == 0x7f);
      boolean isAmbiguous = decoded.contains("/") || decoded.contains(";");
      return !isUtf8 || hasControl || decoded.contains("\\") || isAmbiguous && !isKeeping;
    }

    /** As somebody sees it who decodes first, cuts off parameters, and splits again. */
    private static boolean hidesDots(String decoded) {
      if (decoded.equals(".") || decoded.equals("..")) {
        return false;
      }
      return Arrays.stream(decoded.split("/", -1))
          .map(part -> part.replaceAll(";.*", ""))
          .anyMatch(part -> part.equals(".") || part.equals(".."));
    }
  }
}
