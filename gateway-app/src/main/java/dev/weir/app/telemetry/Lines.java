package dev.weir.app.telemetry;

import dev.weir.http.TextBytes;

/**
 * Lines between those who have something to say and the one thread that writes: bounded, and none
 * waits for another.
 *
 * @param <T> what becomes a line
 */
interface Lines<T> {

  /** Takes the line, or says that there is no room. */
  boolean offer(T line);

  /**
   * Appends some of the lines that wait, whole ones; nothing, if none waits. For the thread that
   * writes.
   *
   * @param bytes about as many as are wanted
   */
  void moveTo(TextBytes text, int bytes);
}
