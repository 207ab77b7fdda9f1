package dev.weir.upstream;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import reactor.core.publisher.Mono;

/** All connections to one endpoint: a pool for each event loop. */
final class LoopPools<P extends LoopPool> {

  private final List<P> pools;

  LoopPools(List<EventLoop> loops, Function<EventLoop, P> begin) {
    this.pools = loops.stream().map(begin).toList();
  }

  /** How many each loop keeps, if that many are to be kept by all. */
  static int warmEach(ConnectionPolicy policy, List<EventLoop> loops) {
    return (policy.warmConnections() + loops.size() - 1) / loops.size();
  }

  /** That of the loop that asks; any, if none does. */
  P ofThisLoop() {
    for (P pool : pools) {
      if (pool.loop().inEventLoop()) {
        return pool;
      }
    }
    return pools.get(0);
  }

  List<P> all() {
    return pools;
  }

  /** From any thread, of what the pools show of themselves. */
  int sum(ToIntFunction<P> of) {
    return pools.stream().mapToInt(of).sum();
  }

  /** Opens what is to be kept open from the beginning. */
  void warmUp() {
    for (P pool : pools) {
      if (pool.warmEach() > 0) {
        pool.loop().execute(pool::openSpare);
      }
    }
  }

  /** Closes the idle connections, and the others as their calls end. */
  Mono<Void> close() {
    return Mono.whenDelayError(pools.stream().map(LoopPools::close).toList());
  }

  private static Mono<Void> close(LoopPool pool) {
    return Mono.create(
        sink ->
            pool.loop()
                .execute(
                    () -> {
                      pool.close();
                      sink.success();
                    }));
  }
}
