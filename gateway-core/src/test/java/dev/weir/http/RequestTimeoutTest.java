package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.scheduler.VirtualTimeScheduler;

/** How long the sender will wait. */
class RequestTimeoutTest {

  private final HttpHeaders headers = Fields.create();
  private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();

  @ParameterizedTest
  @CsvSource({
    "250ms, PT0.25S",
    "0ms, PT0S",
    "2s, PT2S",
    "2, PT2S",
    "002, PT2S",
    "1m, PT1M",
    "999999999ms, PT999999.999S",
    "999999999s, PT999999999S",
  })
  void readsDigitsAndAUnit(String value, Duration timeout) {
    headers.set(Fields.X_REQUEST_TIMEOUT, value);

    assertThat(RequestTimeout.nanos(headers)).isEqualTo(timeout.toNanos());
  }

  @Test
  void readsWhatIsMoreThanNanosecondsCanSayAsForEver() {
    headers.set(Fields.X_REQUEST_TIMEOUT, "999999999m");

    assertThat(RequestTimeout.nanos(headers)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void isNothingIfTheClientSaysNothing() {
    assertThat(RequestTimeout.nanos(headers)).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "s",
        "ms",
        "-1",
        "+1",
        "1.5s",
        "1e3",
        "0x10",
        "1 s",
        " 1",
        "1S",
        "1MS",
        "1h",
        "1us",
        "1s2",
        "1,2",
        "1s, 2s",
        "1000000000",
        "99999999999999999999s",
        "\u0661s",
        "soon",
      })
  void refusesAnythingElse(String value) {
    headers.set(Fields.X_REQUEST_TIMEOUT, value);

    refuses();
  }

  @Test
  void refusesTwoOfThem() {
    headers.set(Fields.X_REQUEST_TIMEOUT, List.of("1s", "2s"));

    refuses();
  }

  private void refuses() {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> RequestTimeout.nanos(headers))
        .satisfies(refusal -> assertThat(refusal.failure()).isEqualTo(Failure.BAD_HEADER))
        .satisfies(refusal -> assertThat(refusal.detail()).startsWith("x-request-timeout: \""));
  }

  @Test
  void tellsTheNextHopWhatIsLeft() {
    clock.advanceTimeBy(Duration.ofSeconds(100));
    Deadline deadline = Deadline.after(clock, Duration.ofSeconds(2).toNanos());
    clock.advanceTimeBy(Duration.ofMillis(500));

    RequestTimeout.set(headers, deadline, clock);

    assertThat(headers.getAll(Fields.X_REQUEST_TIMEOUT)).containsExactly("1500ms");
    assertThat(RequestTimeout.nanos(headers)).isEqualTo(Duration.ofMillis(1500).toNanos());
  }

  @Test
  void roundsDownButNeverToNothing() {
    RequestTimeout.set(headers, Deadline.after(clock, 2_999_999), clock);
    assertThat(headers.get(Fields.X_REQUEST_TIMEOUT)).isEqualTo("2ms");

    RequestTimeout.set(headers, Deadline.after(clock, 1), clock);
    assertThat(headers.get(Fields.X_REQUEST_TIMEOUT)).isEqualTo("1ms");

    RequestTimeout.set(headers, Deadline.after(clock, -5_000_000), clock);
    assertThat(headers.get(Fields.X_REQUEST_TIMEOUT)).isEqualTo("1ms");
  }

  @Test
  void saysNothingWithoutADeadline() {
    RequestTimeout.set(headers, Deadline.NEVER, clock);

    assertThat(headers).isEmpty();
  }
}
