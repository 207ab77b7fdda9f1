package dev.weir.app.telemetry;

import dev.weir.http.TextBytes;
import java.io.IOException;
import java.io.OutputStream;
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
 * milliseconds, takes what there is, turns it into bytes and writes them, some lines at a time.
 *
 * @param <T> what becomes a line
 */
public final class LineWriter<T> {

  private static final int MAX_BATCH = 512;

  /** So that with its last line it is hardly ever more than the 8 KiB a stream copies for free. */
  private static final int FULL_BYTES = 7 * 1024;

  private static final int USUAL_BYTES = 64 * 1024;
  private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long CLOSE_MILLIS = 2_000;

  private final MpscArrayQueue<T> queue;
  private final BiConsumer<? super T, TextBytes> format;
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
      String name, int capacity, BiConsumer<? super T, TextBytes> format, OutputStream out) {
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
    TextBytes text = new TextBytes();
    while (true) {
      boolean isLastRound = isClosed;
      int lines = writeWaiting(text);
      if (lines == 0) {
        if (isLastRound) {
          return;
        }
        LockSupport.parkNanos(NAP_NANOS);
      }
    }
  }

  private int writeWaiting(TextBytes text) {
    int all = 0;
    int unwritten = 0;
    T line = queue.poll();
    while (line != null) {
      format.accept(line, text);
      all++;
      unwritten++;
      if (text.length() >= FULL_BYTES) {
        flush(text, unwritten);
        unwritten = 0;
      }
      line = all < MAX_BATCH ? queue.poll() : null;
    }
    if (unwritten > 0) {
      flush(text, unwritten);
    }
    return all;
  }

  private void flush(TextBytes text, int lines) {
    try {
      text.writeTo(out);
    } catch (IOException e) {
      // There is no other place to say it: the lines are lost, and counted.
      dropped.add(lines);
    }
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
