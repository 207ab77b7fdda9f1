package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stays behind at each hop. */
class HopByHopTest {

  private final HttpHeaders headers = Fields.create();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection",
        "Keep-Alive",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "Proxy-Authorization",
        "Proxy-Authenticate",
        "HTTP2-Settings",
      })
  void doesNotForwardWhatIsForOneHop(String name) {
    headers.add(name, "a").add(name.toUpperCase(Locale.ROOT), "b");
    headers.add(name.toLowerCase(Locale.ROOT), "c").add("x", "y");

    assertThat(HopByHop.without(headers)).extracting("key").containsExactly("x");
  }

  @Test
  void forwardsTheRestAsItIs() {
    headers.add("Host", "a").add("Cookie", "b").add("X-A", "1").add("x-a", "2").add("Via", "c");
    headers.add("Content-Length", "3").add("Tea", "d").add("Connection-Id", "e");

    assertThat(HopByHop.without(headers)).hasToString(headers.toString());
  }

  @Test
  void leavesTheOriginalAlone() {
    headers.add("Connection", "x-a").add("x-a", "1").add("TE", "trailers");

    HttpHeaders copy = HopByHop.without(headers);

    assertThat(copy).isEmpty();
    assertThat(headers.size()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-user-id",
        "X-User-Id",
        "X-USER-ID",
        "close, x-user-id",
        "x-user-id,close",
        "close ,\tx-user-id\t, keep-alive",
        ",,x-user-id,,",
        " x-user-id ",
        "x-user-id, x-user-id",
        "upgrade, X-User-ID",
      })
  void removesWhatConnectionNames(String connection) {
    headers.add("Connection", connection).add("X-User-Id", "root").add("x-user-id", "admin");
    headers.add("x", "y");

    assertThat(HopByHop.without(headers)).extracting("key").containsExactly("x");
    HopByHop.strip(headers);
    assertThat(headers).extracting("key").containsExactly("x");
  }

  @Test
  void readsEveryConnectionField() {
    headers.add("Connection", "close").add("connection", "x-a").add("CONNECTION", "x-b, x-c");
    headers.add("x-a", "1").add("x-b", "2").add("x-c", "3").add("x-d", "4");

    assertThat(HopByHop.without(headers)).extracting("key").containsExactly("x-d");
    HopByHop.strip(headers);
    assertThat(headers).extracting("key").containsExactly("x-d");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", " , ", "close", "Keep-Alive", "KEEP-ALIVE", "x-none", "\u0000"})
  void removesNothingElse(String connection) {
    headers.add("Connection", connection).add("x", "y");

    assertThat(HopByHop.without(headers)).extracting("key").containsExactly("x");
  }

  @Test
  void readsAsManyOptionsAsThereAre() {
    headers.add("Connection", Collections.nCopies(1000, "close")).add("Connection", "x-a");
    headers.add("Connection", "a,".repeat(4000)).add("x-a", "1").add("a", "2").add("x", "y");

    assertThat(HopByHop.without(headers)).extracting("key").containsExactly("x");
  }

  private static final String END_TO_END =
      "host content-length content-type content-encoding authorization cookie set-cookie origin date"
          + " cache-control expect idempotency-key forwarded via x-forwarded-for x-forwarded-host"
          + " x-forwarded-proto x-forwarded-port x-real-ip x-request-id traceparent tracestate";

  @Test
  void refusesARequestThatWantsToHideFieldsForEverybody() {
    for (String name : END_TO_END.split(" ")) {
      refuses(name);
      refuses(name.toUpperCase(Locale.ROOT));
      refuses("close, " + name);
      refuses("x-a ,\t" + name + " , x-b");
    }
  }

  /** G2 */
  @Test
  void refusesOptionsThatAreNoFields() {
    refuses("a b");
    refuses("keep-alive, (x)");
    refuses("\"close\"");
    refuses("a/b");
    refuses("x\u00e4");
  }

  private static void refuses(String connection) {
    HttpHeaders request = Fields.create().add("Connection", List.of("keep-alive", connection));

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> HopByHop.without(request))
        .satisfies(refusal -> assertThat(refusal.failure()).isEqualTo(Failure.BAD_HEADER))
        .satisfies(refusal -> assertThat(refusal.detail()).startsWith("connection: \""));
  }

  @Test
  void keepsOfAResponseWhatIsForEverybodyEvenIfConnectionNamesIt() {
    for (String name : END_TO_END.split(" ")) {
      headers.add(name, "value");
    }
    HttpHeaders response = headers.copy().add("Connection", END_TO_END.replace(' ', ','));
    response.add("Connection", "Set-Cookie, x-a").add("x-a", "1");

    HopByHop.strip(response);

    assertThat(response).hasToString(headers.toString());
  }

  @Test
  void stripsAResponse() {
    headers.add("connection", "close").add("keep-alive", "timeout=5").add("upgrade", "h2c");
    headers.add("transfer-encoding", "chunked").add("proxy-connection", "close").add("te", "x");
    headers.add("proxy-authenticate", "Basic").add("trailer", "x-sum").add("content-length", "3");

    HopByHop.strip(headers);

    assertThat(headers).extracting("key").containsExactly("trailer", "content-length");
  }
}
