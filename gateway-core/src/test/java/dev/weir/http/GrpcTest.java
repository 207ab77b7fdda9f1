package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway knows of gRPC (up.1), by the text of its protocol over HTTP/2. */
final class GrpcTest {

  private static HttpHeaders call(String timeout) {
    return Fields.create().set("content-type", "application/grpc").set("grpc-timeout", timeout);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/grpc",
        "application/grpc+proto",
        "application/grpc;x=y",
        "Application/GRPC"
      })
  void knowsACall(String type) {
    assertThat(Grpc.isCall(Fields.create().set("content-type", type))).isTrue();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {"", "application/grp", "application/grpc-web", "application/grpcx", "text/plain"})
  void knowsWhatIsNone(String type) {
    HttpHeaders headers = Fields.create();
    if (type != null) {
      headers.set("content-type", type);
    }
    assertThat(Grpc.isCall(headers)).isFalse();
    assertThat(Grpc.timeoutNanos(headers.set("grpc-timeout", "x"))).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({
    "1H, 3600000000000",
    "2M, 120000000000",
    "3S, 3000000000",
    "500m, 500000000",
    "7u, 7000",
    "8n, 8",
    "0n, 0",
    "00000001S, 1000000000",
    "99999999S, 99999999000000000",
    "99999999H, 9223372036854775807"
  })
  void readsTimeouts(String value, long nanos) {
    assertThat(Grpc.timeoutNanos(call(value))).isEqualTo(nanos);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "S",
        "5",
        "5s",
        "5h",
        "5 S",
        " 5S",
        "-5S",
        "+5S",
        "5.5S",
        "1e3m",
        "100000000S",
        "5SS",
        "\u0665S",
        "S5"
      })
  void refusesWhatIsNoTimeout(String value) {
    FailureException refused =
        catchThrowableOfType(FailureException.class, () -> Grpc.timeoutNanos(call(value)));

    assertThat(refused.failure()).isEqualTo(Failure.BAD_HEADER);
    assertThat(refused.detail()).contains("grpc-timeout", "500m");
  }

  @Test
  void saysNothingOfATimeoutThatNobodyHas() {
    HttpHeaders headers = Fields.create().set("content-type", "application/grpc");
    assertThat(Grpc.timeoutNanos(headers)).isEqualTo(-1);
    assertThat(Grpc.remainingTimeout(headers, 0)).isNull();
  }

  /** At most eight digits, and never nothing: that would be no limit, or no number. */
  @ParameterizedTest
  @CsvSource({
    "2S, 500, 1500m",
    "1S, 1000, 1m",
    "1S, 5000, 1m",
    "500u, 0, 1m",
    "99999S, 0, 99999000m",
    "100000S, 0, 100000S",
    "99999999H, 0, 9223372036S"
  })
  void tellsTheNextHopWhatIsLeft(String given, long elapsedMillis, String left) {
    String told = Grpc.remainingTimeout(call(given), TimeUnit.MILLISECONDS.toNanos(elapsedMillis));
    assertThat(told).isEqualTo(left);
  }

  /** All failures, so that a new one is thought about; 13 is INTERNAL, and repeated by nobody. */
  @ParameterizedTest
  @CsvSource({
    "4, client_stalled attempt_timeout deadline_exceeded upstream_stalled",
    "7, origin_refused",
    "8, body_too_large message_refused target_too_long headers_too_large too_many_headers"
        + " rate_limited",
    "12, no_route method_not_allowed method_not_known coding_not_supported",
    "13, malformed_request bad_target bad_host bad_header frame_invalid websocket_idle client_left"
        + " expectation_failed misdirected upgrade_required internal protocol_not_supported"
        + " version_not_supported loop_detected upstream_invalid upstream_frame_invalid",
    "14, connect_failed upstream_tls_failed upstream_refused upstream_closed queue_full"
        + " queue_timeout websockets_full gateway_stopping breaker_open no_endpoint"
        + " RATE_LIMIT_SERVICE_ERROR connect_timeout"
  })
  void hasAStatusForEachFailure(int status, String failures) {
    assertThat(failures.split(" "))
        .containsExactlyInAnyOrder(
            Arrays.stream(Failure.values())
                .filter(failure -> Grpc.statusOf(failure) == status)
                .map(Failure::code)
                .toArray(String[]::new));
  }

  @Test
  void putsAStatusIntoWordsThatAFieldCanCarry() {
    HttpHeaders headers = Fields.create();
    Grpc.putStatus(headers, Failure.NO_ROUTE, "100% \u00e4\n");

    assertThat(headers.get("content-type")).isEqualTo("application/grpc");
    assertThat(headers.get("grpc-status")).isEqualTo("12");
    assertThat(headers.get("grpc-message"))
        .isEqualTo(Failure.NO_ROUTE.title() + " 100%25 %C3%A4%0A");
  }
}
