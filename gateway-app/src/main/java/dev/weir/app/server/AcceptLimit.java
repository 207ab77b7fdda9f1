package dev.weir.app.server;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections of clients all listeners together may hold, so that file descriptors are
 * left for the other side and for files. Those beyond it wait in the system's own queue until
 * others end.
 */
public final class AcceptLimit {

  private final int max;
  private final AtomicInteger open = new AtomicInteger();
  private final List<AcceptGate> gates = new CopyOnWriteArrayList<>();

  /**
   * None is open.
   *
   * @param max at least 1; each listener may exceed it by one
   */
  public AcceptLimit(int max) {
    this.max = max;
  }

  /** Of a listener that is not counted. */
  public static AcceptLimit none() {
    return new AcceptLimit(Integer.MAX_VALUE);
  }

  public int max() {
    return max;
  }

  void add(AcceptGate gate) {
    gates.add(gate);
  }

  void opened() {
    open.incrementAndGet();
  }

  void closed() {
    open.decrementAndGet();
    gates.forEach(AcceptGate::roomAgain);
  }

  boolean isFull() {
    return open.get() >= max;
  }
}
