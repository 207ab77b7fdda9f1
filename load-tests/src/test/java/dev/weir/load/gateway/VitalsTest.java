package dev.weir.load.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VitalsTest {

  private static final Vitals BEFORE = new Vitals(100, 10, 20, 60, 0, 0, 1, 0, 0, 0);

  @Test
  void keptConnectionsMayHoldADescriptorAndATimerEach() {
    Vitals after = new Vitals(300, 30, 25, 160, 0, 0, 101, 0, 40, 60);

    assertThat(after.notReturned(BEFORE)).isEmpty();
  }

  @Test
  void whateverElseIsLeftIsNamed() {
    Vitals after = new Vitals(300, 90, 80, 160, 1, 2, 50, 3, 0, 0);

    assertThat(after.notReturned(BEFORE))
        .containsExactly(
            "permits: 1 (expected: at most 0)",
            "requests in flight: 2 (expected: at most 0)",
            "busy upstream connections: 3 (expected: at most 0)",
            "timers: 50 (expected: at most 9)",
            "descriptors: 160 (expected: at most 76)",
            "threads: 80 (expected: at most 32)",
            "heap MiB: 90 (expected: at most 42)");
  }

  @Test
  void aProcessTellsOfItself() {
    Metrics metrics = Metrics.parse("");
    Vitals own = Vitals.of(ProcessHandle.current().pid(), metrics);

    assertThat(own.rssMib()).isPositive();
    assertThat(own.heapMib()).isPositive();
    assertThat(own.threads()).isPositive();
    assertThat(own.descriptors()).isPositive();
  }

  @Test
  void metricsAreSummedOverTheirSeries() {
    Metrics metrics =
        Metrics.parse(
            """
            # HELP a some
            a{x="1",y="1"} 2.0
            a{x="1",y="2"} 3.0
            a{x="2",y="2"} 5.0
            ab 7.0
            """);

    assertThat(metrics.sum("a")).isEqualTo(10);
    assertThat(metrics.sum("a", "x=\"1\"", "y=\"2\"")).isEqualTo(3);
    assertThat(metrics.sum("ab")).isEqualTo(7);
    assertThat(metrics.sum("b")).isZero();
  }
}
