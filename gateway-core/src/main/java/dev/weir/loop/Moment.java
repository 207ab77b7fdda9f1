package dev.weir.loop;

import io.netty.util.concurrent.FastThreadLocal;

/**
 * The time of what is done in one go, for one thing that was read: some microseconds, in which a
 * dozen steps ask what time it is. Between {@link #begin} and {@link #end} the clocks of this
 * thread ({@link LoopScheduler}) stand still, and are read but once.
 *
 * <p>Not for what may take long: who measures it would find that it took no time.
 */
public final class Moment {

  private static final FastThreadLocal<Moment> OF_THREAD =
      new FastThreadLocal<>() {
        @Override
        protected Moment initialValue() {
          return new Moment();
        }
      };

  private long nanos;
  private int depth;

  private Moment() {}

  /** As {@link System#nanoTime()}; the same until the moment of this thread ends, if it has one. */
  static long nanos() {
    Moment own = OF_THREAD.get();
    return own.depth > 0 ? own.nanos : System.nanoTime();
  }

  /** A moment of this thread begins, or one within another, of which that is a part. */
  public static Moment begin() {
    Moment own = OF_THREAD.get();
    if (own.depth == 0) {
      own.nanos = System.nanoTime();
    }
    own.depth++;
    return own;
  }

  /** It is over; on the thread on which it began. */
  public void end() {
    depth--;
  }
}
