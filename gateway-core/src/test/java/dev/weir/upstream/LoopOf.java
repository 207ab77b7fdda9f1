package dev.weir.upstream;

import dev.weir.loop.EventLoops;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** One loop of several, for exchanges that are to share connections. */
final class LoopOf {

  private LoopOf() {}

  static Scheduler first(EventLoops loops) {
    return Schedulers.fromExecutor(loops.all().get(0));
  }
}
