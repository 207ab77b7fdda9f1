package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Authorities of any spelling. */
class AuthorityPropertyTest {

  /** RFC 3986 §3.2.2 without percent-encoding and sub-delimiters, in lower case. */
  private static final Pattern STRICT =
      Pattern.compile(
          "(?:[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*|\\[(?=[0-9a-f:]*:)[0-9a-f:]{2,39}])(?::[1-9][0-9]{0,4})?");

  private static final String[] PIECES = {
    "a",
    "B",
    "z9",
    "-",
    "_",
    ".",
    ".",
    ":",
    ":",
    "80",
    "0",
    "65535",
    "65536",
    "[",
    "]",
    "::",
    "::1",
    "ffff",
    "1.2.3.4",
    "@",
    "/",
    "%41",
    " ",
    ",",
    "\u00e9",
    "\u0000",
    "2001:db8",
    "0:0:0:0"
  };

  @Provide
  Arbitrary<String> authorities() {
    Arbitrary<String> pieces =
        Arbitraries.of(PIECES).list().ofMaxSize(8).map(list -> String.join("", list));
    Arbitrary<String> brackets =
        Arbitraries.of("0", "1", "ffff", "DB8", "", "", "1.2.3.4")
            .list()
            .ofMinSize(3)
            .ofMaxSize(9)
            .map(list -> "[" + String.join(":", list) + "]:8");
    Arbitrary<String> anything =
        Arbitraries.strings().withCharRange('\0', '\u00ff').ofMaxLength(20);
    return Arbitraries.oneOf(pieces, brackets, anything);
  }

  private static @Nullable Authority parse(String text) {
    try {
      return Authority.parse(text);
    } catch (FailureException refusal) {
      assertThat(refusal.failure()).isEqualTo(Failure.BAD_HOST);
      return null;
    }
  }

  @Property(tries = 5000)
  void readsItsOwnTextAsItself(@ForAll("authorities") String text) {
    Authority authority = parse(text);

    if (authority != null) {
      assertThat(Authority.parse(authority.toString())).isEqualTo(authority);
      assertThat(authority.toString()).matches(STRICT);
    }
  }

  @Property(tries = 1000)
  void doesNotTellCaseOrATrailingDotApart(
      @ForAll("names") String name, @ForAll("names") String domain) {
    Authority authority = Authority.parse(name + "." + domain);

    assertThat(Authority.parse(name.toUpperCase(Locale.ROOT) + "." + domain + "."))
        .isEqualTo(authority);
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings().withChars("abcxyz019-_").ofMinLength(1).ofMaxLength(12);
  }
}
