package dev.weir.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.testing.Await;
import dev.weir.testing.Vigilance;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

final class LoopSchedulerTest {

  private final EventLoops loops = new EventLoops("test", 2, true);
  private final LoopScheduler clock = loops.clock();

  /** Event loops write into it: a queue with a lock could block them. */
  private final Queue<String> log = new ConcurrentLinkedQueue<>();

  @AfterEach
  void stop() {
    loops.close().block(Duration.ofSeconds(10));
  }

  private String next() {
    Await.until("something was logged", () -> !log.isEmpty());
    return log.remove();
  }

  @Test
  void runsATimerOnTheLoopThatSetIt() {
    loops
        .all()
        .get(1)
        .execute(
            () -> {
              String setOn = Thread.currentThread().getName();
              clock.schedule(
                  () -> log.add("" + setOn.equals(Thread.currentThread().getName())),
                  20,
                  TimeUnit.MILLISECONDS);
            });

    assertThat(next()).isEqualTo("true");
  }

  @Test
  void isNeverEarly() {
    for (int millis : new int[] {0, 1, 10, 25, 60}) {
      long start = System.nanoTime();
      clock.schedule(
          () -> log.add("" + (System.nanoTime() - start)), millis, TimeUnit.MILLISECONDS);

      assertThat(Long.parseLong(next())).isGreaterThanOrEqualTo(millis * 1_000_000L);
    }
  }

  @Test
  void forgetsATimerThatIsDisposedOf() {
    Disposable never = clock.schedule(() -> log.add("never"), 50, TimeUnit.MILLISECONDS);
    clock.schedule(() -> log.add("later"), 150, TimeUnit.MILLISECONDS);
    never.dispose();

    assertThat(next()).isEqualTo("later");
    assertThat(never.isDisposed()).isTrue();
  }

  @Test
  void countsTheTimersThatAreSet() {
    loops
        .all()
        .get(0)
        .execute(
            () -> {
              Disposable timer = clock.schedule(() -> {}, 1, TimeUnit.HOURS);
              log.add("" + clock.pendingTimers());
              timer.dispose();
              log.add("" + clock.pendingTimers());
            });

    assertThat(next()).isEqualTo("1");
    assertThat(next()).isEqualTo("0");
  }

  @Test
  void givesUpAllTasksOfAWorkerTogether() {
    Scheduler.Worker worker = clock.createWorker();
    worker.schedule(() -> log.add("never"), 50, TimeUnit.MILLISECONDS);
    worker.schedule(() -> log.add("never"), 60, TimeUnit.MILLISECONDS);
    worker.dispose();
    clock.schedule(() -> log.add("later"), 150, TimeUnit.MILLISECONDS);

    assertThat(next()).isEqualTo("later");
    assertThat(worker.isDisposed()).isTrue();
  }

  @Test
  void goesOnAfterATaskThatFails() {
    Vigilance.expect("a scheduled task failed");
    clock.schedule(
        () -> {
          throw new IllegalStateException("broken");
        },
        10,
        TimeUnit.MILLISECONDS);
    clock.schedule(() -> log.add("later"), 60, TimeUnit.MILLISECONDS);

    assertThat(next()).isEqualTo("later");
  }

  @Test
  void tellsMonotonicTime() {
    long before = clock.now(TimeUnit.NANOSECONDS);

    assertThat(before).isNotNegative();
    assertThat(clock.now(TimeUnit.NANOSECONDS)).isGreaterThanOrEqualTo(before);
  }
}
