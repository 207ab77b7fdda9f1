package dev.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.testing.Vigilance;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** life.1: every step runs, and what failed is told together. */
final class ShutdownTest {

  private final List<String> log = new ArrayList<>();

  @Test
  void runsEveryStepEvenWhenAnotherFails() {
    Vigilance.expect("shutdown: .*failed");
    Shutdown shutdown =
        new Shutdown()
            .then("one", () -> log.add("one"))
            .then(
                "two",
                () -> {
                  throw new IllegalStateException("broken");
                })
            .then("three", () -> log.add("three"))
            .then(
                "four",
                () -> {
                  throw new InterruptedException();
                })
            .then("five", () -> log.add("five"));

    assertThat(shutdown.run())
        .containsExactly(
            "two: java.lang.IllegalStateException: broken", "four: java.lang.InterruptedException");
    assertThat(log).containsExactly("one", "three", "five");
  }

  @Test
  void runsOnce() {
    Shutdown shutdown = new Shutdown().then("one", () -> log.add("one"));

    assertThat(shutdown.run()).isEmpty();
    assertThat(shutdown.run()).isEmpty();

    assertThat(log).containsExactly("one");
  }
}
