package dev.weir.upstream;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * The connections from one event loop to one endpoint. Confined to that loop, so that a lease needs
 * no lock and an exchange no change of thread. Here is what every version of HTTP needs: the timer
 * that closes what is idle for too long and opens what is to be kept, and the end.
 */
abstract class LoopPool {

  private final Shared shared;
  private final EventLoop loop;
  private boolean isClosed;
  private @Nullable Disposable eviction;

  /**
   * What the pools of one endpoint have in common.
   *
   * @param endpoint for people
   * @param warmEach how many connections a loop keeps, whether they are used or not
   */
  record Shared(String endpoint, ConnectionPolicy policy, Scheduler clock, int warmEach) {}

  LoopPool(Shared shared, EventLoop loop) {
    this.shared = shared;
    this.loop = loop;
  }

  /** Opens connections that are to be kept although nobody waits for them. */
  abstract void openSpare();

  /** Closes who is {@linkplain #isIdleForTooLong idle for too long}, but for those to be kept. */
  abstract void closeIdle(long nowNanos);

  /** Whether it has connections that may be idle for too long one day. */
  abstract boolean hasAnyToClose();

  /** Refuses who waits, closes the idle connections, and lets the others end their calls. */
  abstract void closeAll();

  final String endpoint() {
    return shared.endpoint();
  }

  final ConnectionPolicy policy() {
    return shared.policy();
  }

  final Scheduler clock() {
    return shared.clock();
  }

  final int warmEach() {
    return shared.warmEach();
  }

  final EventLoop loop() {
    return loop;
  }

  final long now() {
    return clock().now(TimeUnit.NANOSECONDS);
  }

  final boolean isClosed() {
    return isClosed;
  }

  /** Why there is no connection for a call that comes too late. */
  final FailureException closedFailure() {
    return Failure.CONNECT_FAILED.exception(endpoint() + ": the connector is closed");
  }

  final boolean isIdleForTooLong(long sinceNanos, long nowNanos) {
    return nowNanos - sinceNanos >= policy().maxIdle().toNanos();
  }

  /** There are connections that may be idle for too long. */
  final void watch() {
    if (eviction == null && !isClosed) {
      long nanos = policy().maxIdle().toNanos() / 2;
      eviction = clock().schedule(this::evict, nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** There is a connection less: one that is to be kept is opened again after a while. */
  final void lostOne() {
    if (warmEach() > 0) {
      watch();
    }
  }

  private void evict() {
    eviction = null;
    closeIdle(now());
    openSpare();
    if (hasAnyToClose() || warmEach() > 0) {
      watch();
    }
  }

  /** Gives no more connections. */
  final void close() {
    isClosed = true;
    if (eviction != null) {
      eviction.dispose();
      eviction = null;
    }
    closeAll();
  }
}
