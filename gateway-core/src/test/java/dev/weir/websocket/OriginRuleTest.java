package dev.weir.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Authority;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** H11. */
final class OriginRuleTest {

  private static final Authority HOST = Authority.parse("example.com:8080");

  @ParameterizedTest
  @ValueSource(
      strings = {"http://example.com:8080", "HTTP://Example.com:8080", "https://example.com:8080"})
  void allowsPagesOfTheSameHost(String origin) {
    assertThat(new OriginRule(false, true, Set.of()).allows(origin, HOST)).isTrue();
    assertThat(new OriginRule(false, false, Set.of()).allows(origin, HOST)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"https://a.example, a.example", "https://a.example:443, a.example", "http://a, a:80"})
  void knowsThePortsThatSchemesStandFor(String origin, String host) {
    assertThat(new OriginRule(false, true, Set.of()).allows(origin, Authority.parse(host)))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "",
        "example.com:8080",
        "http://example.com",
        "http://evil.example",
        "http://example.com:8080.evil.example",
        "http://example.com:8080@evil.example",
        "http://evil.example/example.com:8080",
        "http://xexample.com:8080",
        "://example.com:8080 "
      })
  void refusesOthers(String origin) {
    assertThat(new OriginRule(false, true, Set.of("https://*.app.example")).allows(origin, HOST))
        .isFalse();
    assertThat(new OriginRule(true, false, Set.of()).allows(origin, HOST)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "https://app.example, true",
    "https://APP.example, true",
    "https://a.app.example, false",
    "http://app.example, false",
    "https://app.example:8443, false",
    "https://x.below.example, true",
    "https://x.y.below.example, true",
    "https://below.example, false",
    "https://xbelow.example, false",
    "http://x.below.example, false",
    "https://x.below.example.evil, false"
  })
  void allowsThoseThatAreListed(String origin, boolean isAllowed) {
    OriginRule rule =
        new OriginRule(false, false, Set.of("https://app.example", "https://*.below.example"));

    assertThat(rule.allows(origin, HOST)).isEqualTo(isAllowed);
  }

  @Test
  void allowsWhatIsNoBrowser() {
    assertThat(new OriginRule(false, false, Set.of()).allows(null, HOST)).isTrue();
  }
}
