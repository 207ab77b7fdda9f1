package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.weir.http.Http2Fields.Malformed;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * J13 to J18: nothing passes that could mean something else in HTTP/1.1, whatever the codec lets.
 */
final class Http2FieldsTest {

  /** As a codec would hand them on that checks nothing. */
  private static Http2Headers unchecked(String name, String value) {
    Http2Headers headers = new DefaultHttp2Headers(false, 4);
    headers.add("a", "b").add(name, value);
    return headers;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "A",
        "x y",
        "x:",
        "x\n",
        "x\r\ny",
        "x\0",
        "(x)",
        "\u00e4",
        "\u0130",
        "connection",
        "keep-alive",
        "proxy-connection",
        "transfer-encoding",
        "upgrade"
      })
  void refusesNamesThatCannotStand(String name) {
    assertThat(catchThrowable(() -> Http2Fields.read(unchecked(name, "1"))))
        .isInstanceOf(Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " a",
        "a ",
        "\ta",
        "a\t",
        " ",
        "a\nb",
        "a\rb",
        "a\r\nb: c",
        "a\0",
        "\u0001",
        "a\u007f"
      })
  void refusesValuesThatCannotStand(String value) {
    assertThat(catchThrowable(() -> Http2Fields.read(unchecked("x", value))))
        .isInstanceOf(Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\tb", "\u00e4", "a,b;c=\"d\""})
  void passesOnWhatMayStand(String value) throws Exception {
    assertThat(Http2Fields.read(unchecked("x-!#$%&'*+.^_`|~09", value)).get("x-!#$%&'*+.^_`|~09"))
        .isEqualTo(value);
  }

  @Test
  void leavesOutPseudoFieldsAndMakesOneCookie() throws Exception {
    Http2Headers headers = unchecked(":path", "/");
    headers.add("cookie", "a=1").add("x", "1").add("cookie", "b=2").add("x", "2");

    assertThat(Http2Fields.read(headers).entries())
        .map(field -> field.getKey() + "=" + field.getValue())
        .containsExactly("a=b", "x=1", "x=2", "cookie=a=1; b=2");
  }

  @Test
  void writesNamesInLowerCaseAndNothingOfOneConnection() {
    Http2Headers answer =
        Http2Fields.ofResponse(
            204,
            Fields.create()
                .add("X-A", "1")
                .add("Connection", "close")
                .add("Keep-Alive", "1")
                .add("Proxy-Connection", "close")
                .add("Transfer-Encoding", "chunked")
                .add("Upgrade", "h2c"));

    assertThat(answer).map(field -> "" + field.getKey()).isEqualTo(List.of(":status", "x-a"));
  }
}
