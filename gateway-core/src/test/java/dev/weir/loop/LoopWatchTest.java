package dev.weir.loop;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.weir.telemetry.Event;
import dev.weir.telemetry.Telemetry;
import dev.weir.testing.Await;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Loops that are late are found out (P20). */
final class LoopWatchTest {

  private static final Duration BOUND = Duration.ofMillis(300);

  private final EventLoops loops = new EventLoops("watched", 2, true);
  private final Queue<String> log = new ConcurrentLinkedQueue<>();
  private final Queue<String> stalled = new ConcurrentLinkedQueue<>();
  private final Map<String, LongAdder> ticks = new ConcurrentHashMap<>();
  private final AtomicBoolean isReleased = new AtomicBoolean();
  private final Logger logger = (Logger) LoggerFactory.getLogger(LoopWatch.class);
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          log.add(event.getFormattedMessage());
        }
      };

  @BeforeEach
  void listen() {
    appender.start();
    logger.addAppender(appender);
  }

  @AfterEach
  void stop() {
    isReleased.set(true);
    logger.detachAppender(appender);
    loops.close().block(Duration.ofSeconds(10));
  }

  private LoopWatch watch() {
    Telemetry telemetry =
        (Telemetry)
            Proxy.newProxyInstance(
                Telemetry.class.getClassLoader(),
                new Class<?>[] {Telemetry.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("count") && arguments[0] == Event.LOOP_STALLED) {
                    stalled.add((String) arguments[1]);
                  }
                  return null;
                });
    return new LoopWatch(
        loops,
        BOUND,
        telemetry,
        (loop, nanos) -> ticks.computeIfAbsent(loop, name -> new LongAdder()).increment());
  }

  /** BlockHound forbids whatever would let the processor rest. */
  private void spinUntilReleased() {
    long turns = 0;
    while (!isReleased.get()) {
      turns++;
    }
    log.add("turns=" + turns);
  }

  @Test
  void tellsWhatABlockedLoopIsDoingWhileItIs() {
    try (LoopWatch watch = watch()) {
      Await.until("all loops tick", () -> ticks.size() == 2);
      loops.all().get(0).execute(this::spinUntilReleased);

      Await.until("told", () -> log.stream().anyMatch(line -> line.contains("spinUntilReleased")));
      assertThat(log).anyMatch(line -> line.matches("(?s)loop=watched\\S+ has been busy .*"));

      isReleased.set(true);
      Await.until("counted", () -> !stalled.isEmpty());
      assertThat(ticks.keySet()).containsAll(stalled);
    }
  }

  @Test
  void measuresEachLoopAgainAndAgain() {
    try (LoopWatch watch = watch()) {
      Await.until(
          "ticks",
          () -> ticks.size() == 2 && ticks.values().stream().allMatch(count -> count.sum() > 3));
    }
  }

  @Test
  void aLoopThatStaysBlockedIsToldOnce() {
    try (LoopWatch watch = watch()) {
      Await.until("all loops tick", () -> ticks.size() == 2);
      loops.all().get(0).execute(this::spinUntilReleased);
      Await.until("told", () -> log.stream().anyMatch(line -> line.startsWith("loop=")));

      long later = System.nanoTime() + 3 * BOUND.toNanos();
      Await.until("a while", () -> System.nanoTime() > later);
      assertThat(log).hasSize(1);
    }
  }
}
