package dev.weir.upstream;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** All connections to one endpoint: a pool for each event loop, and the bound that they share. */
final class Http1Endpoint {

  private final String name;
  private final ConnectionPolicy policy;
  private final Scheduler clock;
  private final Opener opener;
  private final Runnable onPoison;
  private final List<Http1Pool> pools = new ArrayList<>();
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
    this.name = name;
    this.policy = policy;
    this.clock = clock;
    this.opener = opener;
    this.onPoison = onPoison;
    for (EventLoop loop : loops) {
      pools.add(new Http1Pool(this, loop));
    }
  }

  /** That of the loop that asks; any, if none does. */
  Http1Pool poolOfThisLoop() {
    for (Http1Pool pool : pools) {
      if (pool.loop().inEventLoop()) {
        return pool;
      }
    }
    return pools.get(0);
  }

  Scheduler clock() {
    return clock;
  }

  int maxConnections() {
    return policy.maxConnections();
  }

  long maxIdleNanos() {
    return policy.maxIdle().toNanos();
  }

  long maxLifetimeNanos() {
    return policy.maxLifetime().toNanos();
  }

  /** How many connections a loop keeps, whether they are used or not. */
  int warmEach() {
    return (policy.warmConnections() + pools.size() - 1) / pools.size();
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
    for (Http1Pool pool : pools) {
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
    for (Http1Pool pool : pools) {
      if (pool.isStarved()) {
        return true;
      }
    }
    return false;
  }

  /** A connection is closed, or was not opened. */
  void freed() {
    open.decrementAndGet();
    for (Http1Pool pool : pools) {
      if (pool.isStarved()) {
        pool.loop().execute(pool::openForWaiting);
      }
    }
  }

  /** Opens a connection for this pool, which is told how it went. */
  void connect(Http1Pool pool) {
    opener.open(pool);
  }

  // All of them

  /** Opens what is to be kept open from the beginning. */
  void warmUp() {
    if (policy.warmConnections() > 0) {
      pools.forEach(pool -> pool.loop().execute(pool::openSpare));
    }
  }

  List<Http1Pool> pools() {
    return List.copyOf(pools);
  }

  /** Connections that are open, or about to be. */
  int open() {
    return open.get();
  }

  int idle() {
    return pools.stream().mapToInt(Http1Pool::idle).sum();
  }

  int leased() {
    return pools.stream().mapToInt(Http1Pool::leased).sum();
  }

  int waiting() {
    return pools.stream().mapToInt(Http1Pool::waiting).sum();
  }

  Mono<Void> close() {
    return Mono.whenDelayError(pools.stream().map(Http1Endpoint::close).toList());
  }

  private static Mono<Void> close(Http1Pool pool) {
    return Mono.create(
        sink ->
            pool.loop()
                .execute(
                    () -> {
                      pool.close();
                      sink.success();
                    }));
  }

  @Override
  public String toString() {
    return name;
  }
}
