package dev.weir.app.telemetry;

import dev.weir.http.Outcome;
import dev.weir.http.TextBytes;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes lines from a thread of its own, so that no event loop waits for a disk, a pipe or a lock.
 *
 * <p>Whoever has something to write leaves it with the bounded {@link Lines}; when there is no
 * room, the line is dropped and counted. Nobody is woken up to write: the thread looks every few
 * milliseconds, takes what there is, and writes it, some lines at a time.
 *
 * @param <T> what becomes a line
 */
public final class LineWriter<T> {

  /** So many at a time cost a file half of what the same bytes cost 8 KiB at a time. */
  private static final int BATCH_BYTES = 64 * 1024;

  private static final int USUAL_BYTES = 4 * BATCH_BYTES;
  private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long CLOSE_MILLIS = 2_000;

  private final Lines<? super T> lines;
  private final OutputStream out;
  private final Thread thread;
  private final LongAdder dropped = new LongAdder();
  private volatile boolean isClosed;

  /**
   * Of the requests that have ended, one line each.
   *
   * @param loopBytes for the lines of each event loop that wait, at most
   */
  public static LineWriter<Outcome> ofRequests(int loopBytes, OutputStream out) {
    return new LineWriter<>(
        "weir-access-log", new LoopLines<>(loopBytes, AccessLogFormat::new), out);
  }

  /** Starts the thread. */
  LineWriter(String name, Lines<? super T> lines, OutputStream out) {
    this.lines = lines;
    this.out = out;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Never waits; drops the line and counts it, if there is no room or the writer has been closed.
   */
  public void write(T line) {
    if (isClosed || !lines.offer(line)) {
      dropped.increment();
    }
  }

  public long dropped() {
    return dropped.sum();
  }

  private void run() {
    TextBytes text = new TextBytes();
    while (true) {
      boolean isLastRound = isClosed;
      lines.moveTo(text, BATCH_BYTES);
      if (text.length() > 0) {
        flush(text);
      } else if (isLastRound) {
        return;
      } else {
        LockSupport.parkNanos(NAP_NANOS);
      }
    }
  }

  private void flush(TextBytes text) {
    try {
      text.writeTo(out);
    } catch (IOException e) {
      // There is no other place to say it: the lines are lost, and counted.
      dropped.add(text.count('\n'));
    }
    text.clear();
    text.trim(USUAL_BYTES);
  }

  /** Writes what is left; gives up after two seconds, if the other side does not take it. */
  public void close() {
    isClosed = true;
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
