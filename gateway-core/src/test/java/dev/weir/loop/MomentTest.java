package dev.weir.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.testing.Await;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MomentTest {

  private final EventLoops loops = new EventLoops("test", 1, false);
  private final LoopScheduler clock = loops.clock();

  @AfterEach
  void stop() {
    loops.close().block(Duration.ofSeconds(30));
  }

  private long now() {
    return clock.now(TimeUnit.NANOSECONDS);
  }

  private void untilTimePasses() {
    long before = System.nanoTime();
    while (System.nanoTime() - before < 1000) {
      Thread.onSpinWait();
    }
  }

  @Test
  void isOneTimeUntilItEnds() {
    long before = now();
    Moment moment = Moment.begin();
    long first = now();
    untilTimePasses();
    Moment within = Moment.begin();
    long second = now();
    within.end();
    untilTimePasses();
    long third = now();
    moment.end();

    assertThat(first).isGreaterThanOrEqualTo(before);
    assertThat(second).isEqualTo(first);
    assertThat(third).isEqualTo(first);
    untilTimePasses();
    assertThat(now()).isGreaterThan(first);
  }

  @Test
  void isThatOfOneThread() {
    Moment moment = Moment.begin();
    long here = now();
    AtomicLong there = new AtomicLong();
    untilTimePasses();
    loops.all().get(0).execute(() -> there.set(now()));
    Await.until("the loop has looked at its clock", () -> there.get() != 0);
    moment.end();

    assertThat(there.get()).isGreaterThan(here);
  }
}
