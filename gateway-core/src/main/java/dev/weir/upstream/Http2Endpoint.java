package dev.weir.upstream;

import dev.weir.loop.EventLoops;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** All connections of HTTP/2 to one endpoint: a pool for each event loop. */
final class Http2Endpoint {

  private final String name;
  private final ConnectionPolicy policy;
  private final Http2Policy http2;
  private final Scheduler clock;
  private final Consumer<Http2Pool> opener;
  private final List<Http2Pool> pools = new ArrayList<>();

  /**
   * Without a connection so far.
   *
   * @param name for people
   * @param opener begins to open a connection for a pool, on its loop
   */
  Http2Endpoint(
      String name,
      ConnectionPolicy policy,
      Http2Policy http2,
      EventLoops loops,
      Consumer<Http2Pool> opener) {
    this.name = name;
    this.policy = policy;
    this.http2 = http2;
    this.clock = loops.clock();
    this.opener = opener;
    for (EventLoop loop : loops.all()) {
      pools.add(new Http2Pool(this, loop));
    }
  }

  /** That of the loop that asks; any, if none does. */
  Http2Pool poolOfThisLoop() {
    for (Http2Pool pool : pools) {
      if (pool.loop().inEventLoop()) {
        return pool;
      }
    }
    return pools.get(0);
  }

  Scheduler clock() {
    return clock;
  }

  ConnectionPolicy policy() {
    return policy;
  }

  Http2Policy http2() {
    return http2;
  }

  /** How many connections a loop keeps, whether they are used or not. */
  int warmEach() {
    int each = (policy.warmConnections() + pools.size() - 1) / pools.size();
    return Math.min(each, http2.maxConnections());
  }

  /** Opens a connection for this pool, which is told how it went. */
  void connect(Http2Pool pool) {
    opener.accept(pool);
  }

  /** Opens what is to be kept open from the beginning. */
  void warmUp() {
    if (policy.warmConnections() > 0) {
      pools.forEach(pool -> pool.loop().execute(pool::openSpare));
    }
  }

  /** Connections with calls on them. */
  int active() {
    return sum(Http2Pool::active);
  }

  int idle() {
    return sum(Http2Pool::idle);
  }

  int streams() {
    return sum(Http2Pool::streams);
  }

  int waiting() {
    return sum(Http2Pool::waiting);
  }

  private int sum(ToIntFunction<Http2Pool> of) {
    return pools.stream().mapToInt(of).sum();
  }

  Mono<Void> close() {
    return Mono.whenDelayError(pools.stream().map(Http2Endpoint::close).toList());
  }

  private static Mono<Void> close(Http2Pool pool) {
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
