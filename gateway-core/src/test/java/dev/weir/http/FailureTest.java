package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The reasons for which the gateway itself answers. */
class FailureTest {

  /** Part of the interface: add to this list, and change or remove nothing. */
  private static final List<String> CODES =
      List.of(
          "400 malformed_request gateway",
          "400 bad_target gateway",
          "400 bad_host gateway",
          "400 bad_header gateway",
          "400 frame_invalid client",
          "403 origin_refused gateway",
          "404 no_route gateway",
          "405 method_not_allowed gateway",
          "408 client_stalled client",
          "408 websocket_idle gateway",
          "400 client_left client",
          "413 body_too_large gateway",
          "413 message_refused gateway",
          "414 target_too_long gateway",
          "417 expectation_failed gateway",
          "421 misdirected gateway",
          "426 upgrade_required gateway",
          "431 headers_too_large gateway",
          "431 too_many_headers gateway",
          "429 rate_limited gateway",
          "500 internal gateway",
          "501 method_not_known gateway",
          "501 coding_not_supported gateway",
          "501 protocol_not_supported gateway",
          "505 version_not_supported gateway",
          "508 loop_detected gateway",
          "502 connect_failed upstream",
          "502 upstream_tls_failed upstream",
          "503 upstream_refused upstream",
          "502 upstream_closed upstream",
          "502 upstream_invalid upstream",
          "502 upstream_frame_invalid upstream",
          "503 queue_full gateway",
          "503 queue_timeout gateway",
          "503 websockets_full gateway",
          "503 gateway_stopping gateway",
          "503 breaker_open gateway",
          "503 no_endpoint gateway",
          "503 RATE_LIMIT_SERVICE_ERROR gateway",
          "504 connect_timeout upstream",
          "504 attempt_timeout upstream",
          "504 deadline_exceeded gateway",
          "504 upstream_stalled upstream");

  @Test
  void keepsItsCodes() {
    assertThat(Arrays.stream(Failure.values()).map(FailureTest::line)).containsAll(CODES);
  }

  @Test
  void isListedHere() {
    assertThat(CODES).containsAll(Arrays.stream(Failure.values()).map(FailureTest::line).toList());
  }

  private static String line(Failure failure) {
    String party = failure.party().name().toLowerCase(Locale.ROOT);
    return failure.status() + " " + failure.code() + " " + party;
  }

  @ParameterizedTest
  @EnumSource
  void speaksInSentences(Failure failure) {
    assertThat(failure.title()).matches("[A-Z].*[A-Za-z0-9]\\.").doesNotContain("  ");
    assertThat(failure.advice()).matches("[A-Z].*\\.").doesNotContain("  ");
  }

  @ParameterizedTest
  @EnumSource
  void hasAnErrorsStatusAndAParty(Failure failure) {
    assertThat(failure.status()).isBetween(400, 599);
    assertThat(failure.party()).isNotEqualTo(Party.NOBODY);
  }

  @ParameterizedTest
  @EnumSource
  void hasATypeThatGoesWithItsCode(Failure failure) {
    // One code was there before this gateway, and is known to clients as it is.
    String form =
        failure == Failure.RATE_LIMIT_SERVICE_ERROR ? "[A-Z]+(_[A-Z]+)*" : "[a-z]+(_[a-z]+)*";
    assertThat(failure.code()).matches(form);
    assertThat(failure.type()).isEqualTo("urn:weir:failure:" + failure.code());
  }

  @Test
  void saysEachThingOnce() {
    assertThat(Arrays.stream(Failure.values()).map(Failure::code)).doesNotHaveDuplicates();
    assertThat(Arrays.stream(Failure.values()).map(Failure::title)).doesNotHaveDuplicates();
  }

  @Test
  void namesEveryError() {
    assertThat(Failure.of(Failure.NO_ROUTE.exception())).isEqualTo(Failure.NO_ROUTE);
    assertThat(Failure.of(new IllegalStateException())).isEqualTo(Failure.INTERNAL);
    assertThat(Failure.of(new StackOverflowError())).isEqualTo(Failure.INTERNAL);
  }

  @Test
  void isCheapAsAnError() {
    FailureException error = Failure.BAD_HOST.exception("host: \"\"");

    assertThat(error.getStackTrace()).isEmpty();
    assertThat(error).hasMessage("bad_host: host: \"\"");
    assertThat(Failure.BAD_HOST.exception()).hasMessage("bad_host");
    error.addSuppressed(new IllegalStateException());
    assertThat(error.getSuppressed()).isEmpty();
  }

  @Test
  void carriesTheFactsOfTheRequest() {
    Throwable cause = new IllegalStateException();
    FailureException error =
        Failure.QUEUE_FULL
            .exception("detail", cause)
            .retryAfter(Duration.ofSeconds(3))
            .fields(Map.of("allow", "GET"));

    assertThat(error.failure()).isEqualTo(Failure.QUEUE_FULL);
    assertThat(error.detail()).isEqualTo("detail");
    assertThat(error).hasCause(cause);
    assertThat(error.retryAfter()).isEqualTo(Duration.ofSeconds(3));
    assertThat(error.fields()).isEqualTo(Map.of("allow", "GET"));
  }

  @Test
  void isADifferentErrorEachTime() {
    FailureException first = Failure.QUEUE_FULL.exception().retryAfter(Duration.ofSeconds(3));

    assertThat(Failure.QUEUE_FULL.exception()).isNotSameAs(first);
    assertThat(Failure.QUEUE_FULL.exception().retryAfter()).isNull();
  }
}
