package dev.weir.app.redis;

import dev.weir.app.redis.RedisLink.State;
import dev.weir.loop.EventLoops;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The links of all event loops, one each. */
public final class RedisLinks {

  private final List<RedisLink> links = new ArrayList<>();
  private final FastThreadLocal<@Nullable RedisLink> own = new FastThreadLocal<>();
  private final RedisPolicy policy;

  /** Begins to connect; does not wait for that. */
  public RedisLinks(RedisPolicy policy, EventLoops loops, RedisWatch watch) {
    this.policy = policy;
    Transport.matchTo(loops);
    LimitScript.load();
    List<EventLoop> all = loops.all();
    int each = Math.max(1, policy.maxInFlight() / all.size());
    for (EventLoop loop : all) {
      LettuceClient client = new LettuceClient(policy, loops, loop);
      links.add(new RedisLink(client, policy, loop, loops.clock(), watch, each));
    }
    links.forEach(RedisLink::open);
  }

  RedisPolicy policy() {
    return policy;
  }

  /** That of the event loop that runs this; null if none does. */
  @Nullable RedisLink current() {
    RedisLink known = own.get();
    if (known != null) {
      return known;
    }
    for (RedisLink link : links) {
      if (link.loop().inEventLoop()) {
        own.set(link);
        return link;
      }
    }
    return null;
  }

  /** That of any loop. */
  RedisLink any() {
    return links.get(0);
  }

  int size() {
    return links.size();
  }

  /** Links through which decisions are made. */
  public int up() {
    return count(State.UP);
  }

  /** Links that are connected, but get no decisions. */
  public int down() {
    return count(State.DOWN);
  }

  /** Links without a connection. */
  public int disconnected() {
    return count(State.DISCONNECTED);
  }

  private int count(State state) {
    return (int) links.stream().filter(link -> link.state() == state).count();
  }

  /** Servers that decide, counted once for each link that sees them. */
  public int shardsUp() {
    return links.stream().mapToInt(RedisLink::shardsUp).sum();
  }

  /** Servers that have keys and do not decide, likewise. */
  public int shardsDown() {
    return links.stream().mapToInt(RedisLink::shardsDown).sum();
  }

  /** Commands without an answer. */
  public int inFlight() {
    return links.stream().mapToInt(RedisLink::inFlight).sum();
  }

  /** Ends them all; commands fail. */
  public Mono<Void> close() {
    return Mono.whenDelayError(links.stream().map(RedisLink::close).toList());
  }
}
