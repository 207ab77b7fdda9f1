package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** What strangers sent, made safe to print. */
class QuotedTest {

  @Test
  void quotesVisibleAscii() {
    assertThat(Quoted.of("")).isEqualTo("\"\"");
    assertThat(Quoted.of("a b~")).isEqualTo("\"a b~\"");
    assertThat(Quoted.of("a\"b\\c")).isEqualTo("\"a\\\"b\\\\c\"");
  }

  @Test
  void escapesTheRest() {
    assertThat(Quoted.of("\r\n\u001b\u0000\u007f\u00e9\u20ac\ud83d"))
        .isEqualTo("\"\\u000d\\u000a\\u001b\\u0000\\u007f\\u00e9\\u20ac\\ud83d\"");
  }

  @Test
  void cutsWhatIsLong() {
    assertThat(Quoted.of("a".repeat(80))).isEqualTo("\"" + "a".repeat(80) + "\"");
    assertThat(Quoted.of("a".repeat(81)))
        .isEqualTo("\"" + "a".repeat(80) + "\"... (81 characters)");
  }

  @Property(tries = 1000)
  void isShortAndVisibleAscii(@ForAll @StringLength(max = 200) String text) {
    assertThat(Quoted.of(text)).matches("\"[ -~]{0,480}\"(\\.\\.\\. \\([0-9]+ characters\\))?");
  }
}
