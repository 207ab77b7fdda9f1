package dev.weir.app.telemetry;

import dev.weir.http.TextBytes;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Lines of event loops, which turn them into bytes themselves: what a line is made of is at hand
 * there, and some milliseconds later, on another thread, has to be fetched from memory again. Each
 * loop has a ring of its own, so that they share nothing.
 *
 * <p>The lines of one loop stay in order; those of different loops may change places within the few
 * milliseconds after which somebody looks.
 */
final class LoopLines<T> implements Lines<T> {

  private static final int USUAL_BYTES = 64 * 1024;

  private final List<LineRing> rings = new CopyOnWriteArrayList<>();
  private final FastThreadLocal<Loop> own;
  private int turn;

  /**
   * Of at most that many bytes for each thread that has something to say.
   *
   * @param formats makes what appends a line, its end included; one for each thread
   */
  LoopLines(int bytesEach, Supplier<? extends BiConsumer<? super T, TextBytes>> formats) {
    this.own =
        new FastThreadLocal<>() {
          @Override
          protected Loop initialValue() {
            LineRing ring = new LineRing(bytesEach);
            rings.add(ring);
            return new Loop(formats.get(), ring);
          }
        };
  }

  @Override
  public boolean offer(T line) {
    return own.get().offer(line);
  }

  /** From one ring at a time, so that none keeps the others from being read. */
  @Override
  public void moveTo(TextBytes text, int bytes) {
    for (int i = 0; i < rings.size() && text.length() == 0; i++) {
      turn = (turn + 1) % rings.size();
      rings.get(turn).moveTo(text, bytes);
    }
  }

  /** What one thread has for its lines. */
  private final class Loop {

    private final BiConsumer<? super T, TextBytes> format;
    private final LineRing ring;
    private final TextBytes text = new TextBytes();

    Loop(BiConsumer<? super T, TextBytes> format, LineRing ring) {
      this.format = format;
      this.ring = ring;
    }

    boolean offer(T line) {
      format.accept(line, text);
      boolean fits = ring.offer(text);
      text.clear();
      text.trim(USUAL_BYTES);
      return fits;
    }
  }
}
