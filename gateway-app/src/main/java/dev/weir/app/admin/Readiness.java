package dev.weir.app.admin;

import java.util.concurrent.atomic.AtomicReference;

/** Whether traffic should be sent here, and if not, why. */
public final class Readiness {

  private static final String READY = "ready";

  private final AtomicReference<String> state = new AtomicReference<>("starting");

  public void ready() {
    state.set(READY);
  }

  public void notReady(String why) {
    state.set(why);
  }

  public boolean isReady() {
    return READY.equals(state.get());
  }

  /** {@code ready}, or why not. */
  public String text() {
    return "" + state.get();
  }
}
