package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Lower case as HTTP means it. */
class AsciiCaseTest {

  @Test
  void lowersTheLettersOfAsciiAlone() {
    assertThat(AsciiCase.lower("AZaz@[`{09-_")).isEqualTo("azaz@[`{09-_");
    assertThat(AsciiCase.lower("\u017f\u212a\u0130\u00c9")).isEqualTo("\u017f\u212a\u0130\u00c9");
  }

  @Test
  void doesNotDependOnTheLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr"));

      assertThat(AsciiCase.lower("TITLE")).isEqualTo("title");
    } finally {
      Locale.setDefault(before);
    }
  }
}
