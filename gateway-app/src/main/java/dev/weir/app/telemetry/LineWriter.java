package dev.weir.app.telemetry;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.jctools.queues.MpscArrayQueue;

/**
 * Writes lines from a thread of its own, so that no event loop waits for a disk, a pipe or a lock.
 *
 * <p>Whoever has something to write leaves it in a bounded lock-free queue; when that is full, the
 * line is dropped and counted. Nobody is woken up to write: the thread looks every few
 * milliseconds, takes what there is, turns it into text and writes it at once.
 *
 * @param <T> what becomes a line
 */
public final class LineWriter<T> {

  private static final int MAX_BATCH = 512;
  private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long CLOSE_MILLIS = 2_000;

  private final MpscArrayQueue<T> queue;
  private final BiConsumer<? super T, StringBuilder> format;
  private final OutputStream out;
  private final Thread thread;
  private final LongAdder dropped = new LongAdder();
  private volatile boolean isClosed;

  /**
   * Starts the thread.
   *
   * @param capacity of the queue, in lines
   * @param format appends the line, its end included
   */
  public LineWriter(
      String name, int capacity, BiConsumer<? super T, StringBuilder> format, OutputStream out) {
    this.queue = new MpscArrayQueue<>(capacity);
    this.format = format;
    this.out = out;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Never waits; drops the line and counts it, if there is no room or the writer has been closed.
   */
  public void write(T line) {
    if (isClosed || !queue.offer(line)) {
      dropped.increment();
    }
  }

  public long dropped() {
    return dropped.sum();
  }

  /** Lines that wait to be written; a snapshot. */
  public int waiting() {
    return queue.size();
  }

  private void run() {
    StringBuilder text = new StringBuilder();
    while (true) {
      boolean isLastRound = isClosed;
      int lines = queue.drain(line -> format.accept(line, text), MAX_BATCH);
      if (lines > 0) {
        flush(text, lines);
      } else if (isLastRound) {
        return;
      } else {
        LockSupport.parkNanos(NAP_NANOS);
      }
    }
  }

  private void flush(StringBuilder text, int lines) {
    try {
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      // There is no other place to say it: the lines are lost, and counted.
      dropped.add(lines);
    }
    text.setLength(0);
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
