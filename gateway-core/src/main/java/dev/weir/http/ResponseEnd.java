package dev.weir.http;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one moment at which a response is over. What was taken for the request (permits, timers, the
 * line in the log) waits for it.
 *
 * <p>The first ending counts. Listeners run once, in the order in which they came, on the thread
 * that ended the response; one that comes late runs at once.
 */
final class ResponseEnd {

  /** The listeners so far, newest first, until an {@link Ending} takes their place. */
  private final AtomicReference<@Nullable Object> state = new AtomicReference<>();

  void onEnd(Consumer<Ending> listener) {
    while (true) {
      Object seen = state.get();
      if (seen instanceof Ending ending) {
        listener.accept(ending);
        return;
      }
      if (state.compareAndSet(seen, new Waiting(listener, (Waiting) seen))) {
        return;
      }
    }
  }

  boolean end(Ending ending) {
    while (true) {
      Object seen = state.get();
      if (seen instanceof Ending) {
        return false;
      }
      if (state.compareAndSet(seen, ending)) {
        if (seen != null) {
          ((Waiting) seen).tell(ending);
        }
        return true;
      }
    }
  }

  private record Waiting(Consumer<Ending> listener, @Nullable Waiting earlier) {

    /**
     * As deep as there are listeners: one for each step of the path that holds something. A
     * listener that fails does not keep the others from letting go of theirs.
     */
    void tell(Ending ending) {
      try {
        if (earlier != null) {
          earlier.tell(ending);
        }
      } finally {
        listener.accept(ending);
      }
    }
  }
}
