package dev.weir.app.telemetry;

import dev.weir.http.TextBytes;
import java.util.function.BiConsumer;
import org.jctools.queues.MpscArrayQueue;

/**
 * Lines of whatever thread, in one queue; they become bytes on the thread that writes. For those
 * that are few.
 */
final class QueuedLines<T> implements Lines<T> {

  private final MpscArrayQueue<T> queue;
  private final BiConsumer<? super T, TextBytes> format;

  /**
   * Of at most that many lines.
   *
   * @param format appends the line, its end included
   */
  QueuedLines(int capacity, BiConsumer<? super T, TextBytes> format) {
    this.queue = new MpscArrayQueue<>(capacity);
    this.format = format;
  }

  @Override
  public boolean offer(T line) {
    return queue.offer(line);
  }

  @Override
  public void moveTo(TextBytes text, int bytes) {
    T line = queue.poll();
    while (line != null) {
      format.accept(line, text);
      line = text.length() < bytes ? queue.poll() : null;
    }
  }
}
