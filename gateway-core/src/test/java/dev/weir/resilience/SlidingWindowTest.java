package dev.weir.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Ten buckets of a second each. */
final class SlidingWindowTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final SlidingWindow window = new SlidingWindow(Duration.ofSeconds(10), 2);

  @Property
  void countsWhatIsNotOlderThanNineWholeBuckets(
      @ForAll @Size(min = 1, max = 200) List<@LongRange(min = 0, max = 3_000) Long> steps) {
    SlidingWindow any = new SlidingWindow(Duration.ofSeconds(10), 2);
    List<Long> times = new ArrayList<>();
    long now = 0;
    for (long millis : steps) {
      now += TimeUnit.MILLISECONDS.toNanos(millis);
      any.add(now, 1);
      times.add(now);
      long oldest = (now / SECOND - 9) * SECOND;

      assertThat(any.total(now, 1)).isEqualTo(times.stream().filter(t -> t >= oldest).count());
      assertThat(any.total(now, 0)).isZero();
    }
  }

  @Test
  void takesBackWhatWasOneTooMany() {
    window.add(0, 0);
    window.add(0, 0);
    window.undo(0, 0);

    assertThat(window.total(0, 0)).isEqualTo(1);
  }

  @Test
  void losesNothingWhileBucketsAreReplaced() throws InterruptedException {
    AtomicLong time = new AtomicLong();
    CountDownLatch threads = new CountDownLatch(4);
    AtomicLong added = new AtomicLong();
    for (int i = 0; i < 4; i++) {
      new Thread(
              () -> {
                for (int j = 0; j < 200_000; j++) {
                  // 800,000 steps of 10 microseconds: eight seconds, all inside the window.
                  window.add(time.addAndGet(10_000), 0);
                  added.incrementAndGet();
                }
                threads.countDown();
              })
          .start();
    }
    assertThat(threads.await(60, TimeUnit.SECONDS)).isTrue();

    assertThat(window.total(time.get(), 0)).isEqualTo(added.get());
  }
}
