package dev.weir.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.weir.http.Http2Fields.Malformed;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9113 §8.1, §8.3.2: the rules that an answer is held to, whatever the codec lets pass. */
final class Http2AnswerTest {

  private final Http2Answer answer = new Http2Answer(false, early -> {});

  /** As a codec would hand them on that checks nothing. */
  private static Http2Headers headers(String... fields) {
    Http2Headers headers = new DefaultHttp2Headers(false, 4);
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    return headers;
  }

  private void refuses(String... fields) {
    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(() -> answer.headers(headers(fields), false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"101", "099", "600", "20", "2000", "", "2x0", "+20", "20\u0660"})
  void refusesAStatusThatIsNone(String status) {
    refuses(":status", status);
  }

  @Test
  void wantsOneStatusAndNoOtherPseudoField() throws Malformed {
    refuses("x", "1");
    refuses(":status", "200", ":status", "200");
    refuses(":status", "200", ":path", "/");
    answer.headers(headers(":status", "200"), false);
    refuses(":status", "200");
    refuses("x", "1", ":odd", "1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "+3", "-3", "3x", "0x3", "\u0663", "1234567890123456789"})
  void refusesALengthThatIsNone(String length) {
    refuses(":status", "200", "content-length", length);
  }

  @Test
  void refusesTwoLengths() {
    refuses(":status", "200", "content-length", "3", "content-length", "3");
  }

  @Test
  void refusesTooManyAnswersBeforeTheAnswer() throws Malformed {
    for (int i = 0; i < 32; i++) {
      answer.headers(headers(":status", "102"), false);
    }
    refuses(":status", "102");
  }

  @Test
  void holdsContentToItsLength() throws Malformed {
    assertThatExceptionOfType(Malformed.class).isThrownBy(() -> answer.data(1, false));
    answer.headers(headers(":status", "200", "content-length", "3"), false);
    answer.data(2, false);
    assertThatExceptionOfType(Malformed.class).isThrownBy(() -> answer.data(0, true));
    assertThatExceptionOfType(Malformed.class).isThrownBy(() -> answer.data(2, false));
    assertThat(answer.isComplete()).isFalse();
  }

  @Test
  void allowsNoContentWhereNoneMayBe() throws Malformed {
    answer.headers(headers(":status", "304", "content-length", "3"), false);
    assertThatExceptionOfType(Malformed.class).isThrownBy(() -> answer.data(1, false));

    Http2Answer toHead = new Http2Answer(true, early -> {});
    toHead.headers(headers(":status", "200", "content-length", "3"), true);
    assertThat(toHead.isComplete()).isTrue();
    assertThat(toHead.length()).isEqualTo(3);
  }

  @Test
  void refusesAnEndBehindAnAnswerBeforeTheAnswer() {
    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(() -> answer.headers(headers(":status", "103"), true));
  }
}
