package dev.weir.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which streams a client has opened, as far back as that is kept. */
final class SeenStreamsTest {

  private final SeenStreams seen = new SeenStreams();

  @Test
  void tellsAStreamThatWasOpenedFromOneThatWasPassedOver() {
    seen.opened(1);
    seen.opened(5);

    assertThat(seen.wasOpened(1)).isTrue();
    assertThat(seen.wasOpened(3)).isFalse();
    assertThat(seen.wasReset(1)).isFalse();
    seen.reset(1);
    assertThat(seen.wasReset(1)).isTrue();
  }

  /** To take an old stream for one that was never there would end a connection for nothing. */
  @Test
  void takesWhatItHasForgottenForOpened() {
    for (int id = 1; id < 2_000; id += 2) {
      seen.opened(id);
    }
    assertThat(seen.wasOpened(3)).isTrue();
    assertThat(seen.wasReset(3)).isFalse();
  }
}
