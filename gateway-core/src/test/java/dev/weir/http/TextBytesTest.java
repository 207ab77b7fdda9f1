package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import org.junit.jupiter.api.Test;

class TextBytesTest {

  private final TextBytes line = new TextBytes();

  static String text(TextBytes line) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      line.writeTo(out);
      line.clear();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Property(tries = 2000)
  void writesTheStringsOfJsonText(@ForAll String value, @ForAll @AlphaChars String plain) {
    StringBuilder expected = new StringBuilder();
    JsonText.append(expected, plain);
    JsonText.append(expected, value);

    line.appendJson(plain);
    line.appendJson(value);

    assertThat(text(line)).isEqualTo(expected.toString());
  }

  @Property(tries = 2000)
  void writesNumbers(@ForAll long value, @ForAll int small) {
    line.appendNumber(value);
    line.append(" ");
    line.appendNumber(small);

    assertThat(text(line)).isEqualTo(value + " " + small);
  }

  @Test
  void writesDigitsWithZerosInFront() {
    line.appendDigits(0, 3);
    line.appendDigits(47, 3);
    line.appendDigits(7, 1);

    assertThat(text(line)).isEqualTo("0000477");
  }

  @Test
  void growsWithALongText() {
    String longOne = "\u20ac\"x".repeat(40_000);
    StringBuilder expected = new StringBuilder();
    JsonText.append(expected, longOne);

    line.appendJson(longOne);
    line.append(longOne);
    assertThat(text(line)).isEqualTo(expected + longOne);
    assertThat(line.length()).isZero();
    line.appendLatin1("a".repeat(1_000_000));
    assertThat(text(line)).hasSize(1_000_000);
  }

  /** Else what is no line break in a string could become one on the wire. */
  @Test
  void hasAPlaceholderForWhatIsNotLatin1() {
    line.appendLatin1("a\u00e9\u010a\u200d");

    assertThat(text(line)).isEqualTo("a\ufffd??");
  }

  @Test
  void appendsPartsOfOtherArrays() {
    line.append(new AsciiString("host: a\r\n".getBytes(StandardCharsets.US_ASCII), 4, 3, false));
    line.append('b');

    assertThat(text(line)).isEqualTo(": ab");
  }

  @Test
  void isSmallAgainWhenItIsTrimmed() {
    line.append("x".repeat(100_000));
    assertThat(text(line)).hasSize(100_000);
    line.trim(10_000);
    line.append("y");

    assertThat(text(line)).isEqualTo("y");
  }
}
