package dev.weir.loop;

import dev.weir.telemetry.Event;
import dev.weir.telemetry.Telemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures how late event loops are: one that is blocked delays all its connections, and nothing
 * else would tell why.
 *
 * <p>Each loop has a tick ten times a second and measures by how much it is late. A thread beside
 * them sees a loop that does not come to its tick, and logs what that is doing meanwhile: at most
 * one line every {@value #LOG_SECONDS} seconds, which counts those that were left out.
 */
public final class LoopWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LoopWatch.class);
  private static final int LOG_SECONDS = 10;
  private static final int MAX_FRAMES = 20;
  private static final long CLOSE_MILLIS = 1_000;

  private final List<LoopProbe> probes = new ArrayList<>();
  private final long boundNanos;
  private final Thread thread;
  private boolean hasLogged;
  private long loggedNanos;
  private int leftOut;
  private volatile boolean isClosed;

  /** Is told by each loop how late it came to a tick, on that loop; neither waits nor throws. */
  public interface Lag {
    void measured(String loop, long nanos);
  }

  /**
   * Starts to watch.
   *
   * @param bound beyond which a loop's delay is counted as {@link Event#LOOP_STALLED}, and told
   */
  public LoopWatch(EventLoops loops, Duration bound, Telemetry telemetry, Lag lag) {
    this.boundNanos = bound.toNanos();
    LoopProbe.Listener listener =
        (loop, nanos) -> {
          lag.measured(loop, nanos);
          if (nanos > boundNanos) {
            telemetry.count(Event.LOOP_STALLED, loop);
          }
        };
    loops.all().forEach(loop -> probes.add(new LoopProbe(loop, listener)));
    probes.forEach(LoopProbe::start);
    this.thread = new Thread(this::watch, "weir-loop-watch");
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    while (!isClosed) {
      LockSupport.parkNanos(Math.max(boundNanos / 2, LoopProbe.TICK_NANOS / 10));
      long now = System.nanoTime();
      for (LoopProbe probe : probes) {
        Thread stalled = probe.stalledAt(now, boundNanos);
        if (stalled != null && !isClosed) {
          tell(stalled, now);
        }
      }
    }
  }

  private void tell(Thread stalled, long now) {
    if (hasLogged && now - loggedNanos < TimeUnit.SECONDS.toNanos(LOG_SECONDS)) {
      leftOut++;
      return;
    }
    LOG.warn(
        "loop={} has been busy with one thing for more than {} ms (loop-stall; {} times not told since the"
            + " last such line); its connections wait. It is in{}",
        stalled.getName(),
        TimeUnit.NANOSECONDS.toMillis(boundNanos),
        leftOut,
        stack(stalled));
    hasLogged = true;
    loggedNanos = now;
    leftOut = 0;
  }

  private static String stack(Thread thread) {
    StringBuilder text = new StringBuilder();
    StackTraceElement[] frames = thread.getStackTrace();
    for (int i = 0; i < Math.min(frames.length, MAX_FRAMES); i++) {
      text.append("\n    ").append(frames[i]);
    }
    return text.toString();
  }

  /** Ends the thread; waits for it for a second at most. The ticks end with their loops. */
  @Override
  public void close() {
    isClosed = true;
    LockSupport.unpark(thread);
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
