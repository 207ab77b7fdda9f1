package dev.weir.upstream;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.scheduler.Scheduler;

/**
 * What the pools of one endpoint share: the bound of connections, the way to open one, and who is
 * told of an endpoint that says too much.
 */
final class Http1Endpoint {

  private final ConnectionPolicy policy;
  private final Opener opener;
  private final Runnable onPoison;
  private final LoopPools<Http1Pool> pools;
  private final AtomicInteger open = new AtomicInteger();

  /** Opens connections. */
  @FunctionalInterface
  interface Opener {
    /** On the pool's loop, which is told later, or at once: opened, or not. */
    void open(Http1Pool pool);
  }

  /**
   * Without a connection so far.
   *
   * @param name for people
   * @param onPoison is told when the endpoint sent more than was asked for
   */
  Http1Endpoint(
      String name,
      ConnectionPolicy policy,
      List<EventLoop> loops,
      Scheduler clock,
      Opener opener,
      Runnable onPoison) {
    this.policy = policy;
    this.opener = opener;
    this.onPoison = onPoison;
    LoopPool.Shared shared =
        new LoopPool.Shared(name, policy, clock, LoopPools.warmEach(policy, loops));
    this.pools = new LoopPools<>(loops, loop -> new Http1Pool(this, shared, loop));
  }

  LoopPools<Http1Pool> pools() {
    return pools;
  }

  void poisoned() {
    onPoison.run();
  }

  // The bound

  /** Takes one of the connections that may be open; it has to be freed. */
  boolean tryOpen() {
    if (open.incrementAndGet() <= policy.maxConnections()) {
      return true;
    }
    open.decrementAndGet();
    return false;
  }

  /** A pool needs a connection and may not open one: the others close one that they do not use. */
  void askForIdle(Http1Pool asking) {
    for (Http1Pool pool : pools.all()) {
      if (pool != asking && pool.idle() > 0) {
        pool.loop().execute(pool::closeOneIdle);
      }
    }
    // One may have been freed since it was asked for.
    if (open.get() < policy.maxConnections()) {
      asking.loop().execute(asking::openForWaiting);
    }
  }

  /** Whether some loop waits for a connection that another has and does not use. */
  boolean isWanted() {
    for (Http1Pool pool : pools.all()) {
      if (pool.isStarved()) {
        return true;
      }
    }
    return false;
  }

  /** A connection is closed, or was not opened. */
  void freed() {
    open.decrementAndGet();
    for (Http1Pool pool : pools.all()) {
      if (pool.isStarved()) {
        pool.loop().execute(pool::openForWaiting);
      }
    }
  }

  /** Opens a connection for this pool, which is told how it went. */
  void connect(Http1Pool pool) {
    opener.open(pool);
  }

  /** Connections that are open, or about to be. */
  int open() {
    return open.get();
  }
}
