package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The end of a request, as data. */
class DeadlineTest {

  private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();

  @Test
  void leavesLessAndLess() {
    clock.advanceTimeBy(Duration.ofSeconds(7));
    Deadline deadline = Deadline.after(clock, 1_000_000_000);
    assertThat(deadline.remainingNanos(clock)).isEqualTo(1_000_000_000);

    clock.advanceTimeBy(Duration.ofMillis(400));
    assertThat(deadline.remainingNanos(clock)).isEqualTo(600_000_000);

    clock.advanceTimeBy(Duration.ofSeconds(1));
    assertThat(deadline.remainingNanos(clock)).isEqualTo(-400_000_000);
  }

  @Test
  void isNeverIfItIsTooFarAwayForTheClock() {
    clock.advanceTimeBy(Duration.ofSeconds(7));

    assertThat(Deadline.after(clock, Long.MAX_VALUE)).isEqualTo(Deadline.NEVER);
    assertThat(Deadline.after(clock, Long.MAX_VALUE / 2)).isEqualTo(Deadline.NEVER);
    assertThat(Deadline.after(clock, Long.MAX_VALUE / 4).isNever()).isFalse();
  }

  @Test
  void givesWayToAnEarlierOne() {
    Deadline early = new Deadline(1);
    Deadline late = new Deadline(2);

    assertThat(early.earlier(late)).isEqualTo(early);
    assertThat(late.earlier(early)).isEqualTo(early);
    assertThat(Deadline.NEVER.earlier(late)).isEqualTo(late);
    assertThat(early.isNever()).isFalse();
    assertThat(Deadline.NEVER.isNever()).isTrue();
  }
}
