package dev.weir.load.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.load.upstream.Answer;
import dev.weir.load.upstream.MisbehavingUpstream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ConstantRateTest {

  private static final int PER_SECOND = 100;

  /** With one connection, each request behind a slow one is late, though answered at once. */
  @Test
  void requestsThatWereDueDuringAStallCountAsSlow() throws IOException {
    AtomicInteger number = new AtomicInteger();
    Duration stall = Duration.ofMillis(900);
    try (MisbehavingUpstream upstream =
        MisbehavingUpstream.start(
            path -> number.getAndIncrement() == 5 ? Answer.ok(10).after(stall) : Answer.ok(10))) {
      String figures = run(upstream, 1);

      assertThat(figure(figures, "errors")).isZero();
      assertThat(figure(figures, "max")).isGreaterThanOrEqualTo(900);
      // A generator that waits for its answer would find one slow request in a hundred, not most.
      assertThat(figure(figures, "p50")).isGreaterThan(100);
    }
  }

  @Test
  void brokenConnectionsAndWrongStatusesAreErrors() throws IOException {
    AtomicInteger number = new AtomicInteger();
    try (MisbehavingUpstream upstream =
        MisbehavingUpstream.start(
            path ->
                switch (number.getAndIncrement() % 4) {
                  case 0 -> Answer.reset();
                  case 1 -> Answer.of(503);
                  default -> Answer.ok(100_000);
                })) {
      assertThat(figure(run(upstream, 4), "errors")).isEqualTo(PER_SECOND / 2.0);
    }
  }

  private static String run(MisbehavingUpstream upstream, int connections) throws IOException {
    URI url = URI.create("http://127.0.0.1:" + upstream.port() + "/");
    return new ConstantRate(url, PER_SECOND, 1, connections).measure();
  }

  private static double figure(String json, String name) {
    Matcher found = Pattern.compile("\"" + name + "\": ([0-9.]+)").matcher(json);
    assertThat(found.find()).isTrue();
    return Double.parseDouble(found.group(1));
  }
}
