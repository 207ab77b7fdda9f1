package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How far a request has come. */
class ProgressTest {

  private final Progress progress = new Progress(1_000);

  @Test
  void hasNotComeFarAtFirst() {
    assertThat(progress.phase()).isEqualTo(Phase.REQUEST);
    assertThat(progress.route()).isEqualTo(Progress.NO_ROUTE);
    assertThat(progress.upstream()).isNull();
    assertThat(progress.endpoint()).isNull();
    assertThat(progress.attempts()).isZero();
    assertThat(progress.headNanos()).isEqualTo(-1);
    assertThat(progress.failure()).isNull();
  }

  @Test
  void remembersTheEndpointsThatWereTried() {
    progress.attempt("a");
    progress.attempt("b");
    progress.attempt("a");

    assertThat(progress.attempts()).isEqualTo(3);
    assertThat(progress.endpoint()).isEqualTo("a");
    assertThat(progress.hasTried("b")).isTrue();
    assertThat(progress.hasTried("c")).isFalse();
  }

  @Test
  void countsWhatPassesBeyondTheRangeOfAnInt() {
    progress.received(Integer.MAX_VALUE);
    progress.received(Integer.MAX_VALUE);
    progress.delivered(Integer.MAX_VALUE);
    progress.delivered(1);

    assertThat(progress.requestBytes()).isEqualTo(4_294_967_294L);
    assertThat(progress.responseBytes()).isEqualTo(2_147_483_648L);
  }

  @Test
  void measuresTheAnswerFromTheStart() {
    progress.answered(4_500);

    assertThat(progress.startNanos()).isEqualTo(1_000);
    assertThat(progress.headNanos()).isEqualTo(3_500);
  }
}
