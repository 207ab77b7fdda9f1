package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** W3C Trace Context §3.3, case by case. */
class TraceStateTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a=b | a=b",
        "a=b,c=d | a=b,c=d",
        "a=b , c=d | a=b,c=d",
        "a=b,\tc=d | a=b,c=d",
        "a=b,,c=d | a=b,c=d",
        ",a=b, , | a=b",
        "a= b | a= b",
        "a=b c | a=b c",
        "a=!~;:\"{} | a=!~;:\"{}",
        "0a=b | 0a=b",
        "a1_-*/=b | a1_-*/=b",
        "tenant@system=b | tenant@system=b",
        "1@s=b | 1@s=b",
        "a=1,b=2,a=3 | a=1,b=2",
      })
  void handsOnWhatKeepsTheRules(String given, String handedOn) {
    assertThat(TraceState.of(List.of(given))).isEqualTo(handedOn);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "=",
        "=b",
        "a=",
        "a= ",
        "a==b",
        "a=b=c",
        "A=b",
        "aB=c",
        " =b",
        "a b=c",
        "a =b",
        "_a=b",
        "-a=b",
        "*a=b",
        "/a=b",
        "@a=b",
        "a.b=c",
        "a:b=c",
        "a=b\u00e4",
        "a=b\u0000",
        "a=b\u007f",
        "\u00e4=b",
        "a=b,c",
        "a=b;c=d;e",
        "a=b,C=d",
        "a=\tb\tc"
      })
  void handsOnNothingIfAnyOfItBreaksARule(String given) {
    assertThat(TraceState.of(List.of(given))).isNull();
    assertThat(TraceState.of(List.of("x=y", given))).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", " ", " , ,\t,"})
  void handsOnNothingOfNothing(String given) {
    assertThat(TraceState.of(List.of(given))).isNull();
  }

  @Test
  void joinsFieldsInTheirOrder() {
    assertThat(TraceState.of(List.of("a=1,b=2", "", "c=3", "a=4"))).isEqualTo("a=1,b=2,c=3");
  }

  @Test
  void boundsKeysAndValues() {
    assertThat(TraceState.of(List.of("k".repeat(256) + "=v"))).hasSize(258);
    assertThat(TraceState.of(List.of("k".repeat(257) + "=v"))).isNull();
    assertThat(TraceState.of(List.of("k=" + "v".repeat(256)))).hasSize(258);
    assertThat(TraceState.of(List.of("k=" + "v".repeat(257)))).isNull();
  }

  private static String members(int count, String value) {
    return IntStream.range(0, count)
        .mapToObj(i -> "k" + i + "=" + value)
        .collect(Collectors.joining(","));
  }

  @Test
  void takesThirtyTwoMembers() {
    assertThat(TraceState.of(List.of(members(32, "v")))).isEqualTo(members(32, "v"));
    assertThat(TraceState.of(List.of(members(33, "v")))).isNull();
  }

  /** §3.3.1.5: first those that are long, then from the end; never a part of one. */
  @Test
  void dropsWholeMembersOfWhatIsTooLong() {
    String large = "l=" + "v".repeat(200);
    assertThat(TraceState.of(List.of(large, members(30, "12345678"), "z=1")))
        .isEqualTo(members(30, "12345678") + ",z=1");
    String cut = TraceState.of(List.of(members(32, "v".repeat(100))));
    assertThat(cut).isEqualTo(members(4, "v".repeat(100)));
    assertThat(TraceState.of(List.of("a=b", "x=" + "v".repeat(1_000_000)))).isNull();
  }
}
