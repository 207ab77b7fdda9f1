package dev.weir.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Strings of RFC 8259 §7. */
class JsonTextTest {

  private static final JsonMapper JSON = new JsonMapper();

  private static String json(String value) {
    StringBuilder json = new StringBuilder();
    JsonText.append(json, value);
    return json.toString();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "'', '\"\"'",
        "a, '\"a\"'",
        "'a b/c', '\"a b/c\"'",
        "'a\"b', '\"a\\\"b\"'",
        "'a\\b', '\"a\\\\b\"'",
        "\u00e9\u20ac, '\"\u00e9\u20ac\"'",
      })
  void quotesAndEscapes(String value, String expected) {
    assertThat(json(value)).isEqualTo(expected);
  }

  @Test
  void escapesWhatCouldNotBeSeen() {
    assertThat(json("\u0000a\n\r\t\u001f\u007f"))
        .isEqualTo("\"\\u0000a\\u000a\\u000d\\u0009\\u001f\\u007f\"");
  }

  @Test
  void escapesSurrogates() {
    assertThat(json("a\ud83d\ude00b")).isEqualTo("\"a\\ud83d\\ude00b\"");
    assertThat(json("\ud800")).isEqualTo("\"\\ud800\"");
  }

  @Test
  void appends() {
    StringBuilder json = new StringBuilder("[");
    JsonText.append(json, "a");
    JsonText.append(json.append(','), "b");

    assertThat(json).hasToString("[\"a\",\"b\"");
  }

  @Provide
  Arbitrary<String> strings() {
    Arbitrary<String> everything = Arbitraries.strings().all().ofMaxLength(30);
    Arbitrary<String> sharp =
        Arbitraries.strings().withChars("\"\\/\b\n\u0000\u001f\u007f\u2028a\u00e9").ofMaxLength(20);
    return Arbitraries.oneOf(everything, sharp)
        // A lone surrogate has no UTF-8, so that no reader is bound to give it back.
        .filter(text -> new String(text.getBytes(UTF_8), UTF_8).equals(text));
  }

  @Property(tries = 3000)
  void isReadAsWhatWasWritten(@ForAll("strings") String value) {
    byte[] document = json(value).getBytes(UTF_8);

    assertThat(JSON.readValue(document, String.class)).isEqualTo(value);
  }

  @Property(tries = 2000)
  void isAlwaysUtf8InOneLine(@ForAll String value) {
    String json = json(value);

    assertThat(new String(json.getBytes(UTF_8), UTF_8)).isEqualTo(json);
    assertThat(json.chars()).allMatch(c -> c >= 0x20 && c != 0x7f);
    assertThat(JSON.readTree(json).isString()).isTrue();
  }
}
