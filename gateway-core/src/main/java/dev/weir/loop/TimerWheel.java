package dev.weir.loop;

import org.jspecify.annotations.Nullable;

/**
 * Timers of one thread, as coarse as a tick: a ring of slots, each a linked list of the timers that
 * fall into it, this time round or a later one.
 *
 * <p>Adding and removing a timer cost the same however many there are, and no more than the timer
 * itself is allocated. Nearly every timer of a gateway is removed before it is due, and a deadline
 * may be some milliseconds late, which makes this cheaper than the ordered queue of the event loop.
 *
 * <p>Not thread-safe.
 */
final class TimerWheel {

  private final long tickNanos;
  private final Timer[] slots;
  private long currentTick;
  private int size;

  /**
   * An empty wheel.
   *
   * @param slots a power of two
   */
  TimerWheel(long tickNanos, int slots, long nowNanos) {
    this.tickNanos = tickNanos;
    this.slots = new Timer[slots];
    for (int i = 0; i < slots; i++) {
      this.slots[i] = new Timer(null, 0);
    }
    this.currentTick = nowNanos / tickNanos;
  }

  /** Runs {@code task} at the first tick that is not before {@code atNanos}, and not at once. */
  Timer add(Runnable task, long atNanos) {
    long tick = Math.max(currentTick + 1, -Math.floorDiv(-atNanos, tickNanos));
    Timer timer = new Timer(task, tick);
    slotOf(tick).linkBefore(timer);
    size++;
    return timer;
  }

  /** Forgets a timer, if it is still to come. */
  void remove(Timer timer) {
    if (timer.isLinked()) {
      timer.unlink();
      size--;
    }
  }

  /** Runs what has become due until now. */
  void advance(long nowNanos) {
    long nowTick = nowNanos / tickNanos;
    long slotsToVisit = Math.min(nowTick - currentTick, slots.length);
    long firstTick = nowTick - slotsToVisit + 1;
    currentTick = Math.max(currentTick, nowTick);
    for (long tick = firstTick; tick <= nowTick; tick++) {
      runDue(slotOf(tick), nowTick);
    }
  }

  /** First moves aside what is due, since a task may add timers to the slot and remove its kin. */
  private void runDue(Timer slot, long nowTick) {
    Timer due = new Timer(null, 0);
    for (Timer timer = slot.next; timer != slot; ) {
      Timer next = timer.next;
      if (timer.tick <= nowTick) {
        timer.unlink();
        due.linkBefore(timer);
      }
      timer = next;
    }
    while (due.next != due) {
      Timer timer = due.next;
      timer.unlink();
      size--;
      timer.run();
    }
  }

  int size() {
    return size;
  }

  private Timer slotOf(long tick) {
    return slots[(int) (tick & slots.length - 1)];
  }

  /** A link of a slot's list; a slot itself is one without a task. */
  static final class Timer {

    private final @Nullable Runnable task;
    private final long tick;
    private Timer previous;
    private Timer next;

    private Timer(@Nullable Runnable task, long tick) {
      this.task = task;
      this.tick = tick;
      this.previous = this;
      this.next = this;
    }

    private boolean isLinked() {
      return next != this;
    }

    private void linkBefore(Timer timer) {
      timer.previous = previous;
      timer.next = this;
      previous.next = timer;
      previous = timer;
    }

    private void unlink() {
      previous.next = next;
      next.previous = previous;
      previous = this;
      next = this;
    }

    private void run() {
      if (task != null) {
        task.run();
      }
    }
  }
}
