package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** W3C Trace Context §3.2. */
class TraceContextTest {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN = "b7ad6b7169203331";

  @ParameterizedTest
  @CsvSource({"00-, -00, 00", "00-, -01, 01", "00-, -ff, ff", "01-, -01, 01", "fe-, -02, 02"})
  void readsTheFirstFourParts(String before, String after, String flags) {
    assertThat(TraceContext.parse(before + TRACE + "-" + SPAN + after))
        .isEqualTo(new TraceContext(TRACE, SPAN, flags));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "-x", "-what-the-future-will-be-like", "- \u0000"})
  void readsTheFutureAsFarAsItIsKnown(String tail) {
    assertThat(TraceContext.parse("cc-" + TRACE + "-" + SPAN + "-01" + tail))
        .isEqualTo(new TraceContext(TRACE, SPAN, "01"));
    assertThat(TraceContext.parse("00-" + TRACE + "-" + SPAN + "-01" + tail)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-011",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.x",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-011",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-B7AD6B7169203331-01",
        "CC-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0A",
        "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01x",
        "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333g-01",
        "0g-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-g1",
        "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331_01",
        " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 ",
        "00-0af7651916cd43dd8448eb211c8031\u0669c-b7ad6b7169203331-01",
      })
  void refusesWhatIsNoTraceparent(String value) {
    assertThat(TraceContext.parse(value)).isNull();
  }

  @Test
  void writesVersionZero() {
    TraceContext read = TraceContext.parse("cc-" + TRACE + "-" + SPAN + "-01-tail");

    assertThat(read).hasToString("00-" + TRACE + "-" + SPAN + "-01");
  }

  @ParameterizedTest
  @CsvSource({"00, 00", "01, 01", "02, 00", "03, 01", "fe, 00", "ff, 01"})
  void handsOnOnlyTheFlagThatItKnows(String given, String handedOn) {
    TraceContext child = new TraceContext(TRACE, SPAN, given).child();

    assertThat(child.flags()).isEqualTo(handedOn);
    assertThat(child.traceId()).isEqualTo(TRACE);
    assertThat(child.spanId()).matches("[0-9a-f]{16}").isNotEqualTo(SPAN);
  }

  @Test
  void startsTracesThatCanBeReadAndAreAllDifferent() {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      TraceContext trace = TraceContext.start();
      ids.add(trace.traceId());
      ids.add(trace.spanId());

      assertThat(TraceContext.parse(trace.toString())).isEqualTo(trace);
      assertThat(trace.flags()).isEqualTo("01");
    }
    assertThat(ids).hasSize(2000);
  }

  @Test
  void writesNumbersWithLeadingZeros() {
    assertThat(TraceContext.hexadecimal(0x0123_4567_89ab_cdefL, 0xfedcL << 48 | 1))
        .isEqualTo("0123456789abcdeffedc000000000001");
  }
}
