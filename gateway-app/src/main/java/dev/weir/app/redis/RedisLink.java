package dev.weir.app.redis;

import dev.weir.app.redis.LettuceClient.Session;
import dev.weir.app.redis.RedisTrouble.Kind;
import dev.weir.resilience.Backoff;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The way from one event loop to Redis: a session with it, and the {@link Shard}s behind that, each
 * of which has a health of its own. All of it happens on that loop.
 *
 * <pre>
 *   DISCONNECTED --connected--> DOWN --a shard's probe was answered--> UP
 *        ^                       |  ^                                  |
 *        +--nothing was heard----+  +--of each shard some commands-----+
 *           for long, or closed        in a row failed or took too long
 * </pre>
 */
final class RedisLink {

  private static final long FIRST_DELAY_MILLIS = 10;

  /** What is known of it. */
  enum State {
    DISCONNECTED,
    DOWN,
    UP,
    CLOSED
  }

  private final LettuceClient client;
  private final RedisPolicy policy;
  private final EventLoop loop;
  private final Scheduler clock;
  private final RedisWatch watch;
  private final int maxInFlight;
  private final String nonce = Long.toHexString(ThreadLocalRandom.current().nextLong());
  private final Backoff backoff;
  private final Map<String, Shard> shards = new LinkedHashMap<>();

  private volatile State state = State.DISCONNECTED;
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile int shardsUp;
  private volatile int shardsDown;
  private @Nullable Session session;
  private String whyNotConnected = "";
  private int attempts;
  private int generation;

  RedisLink(
      LettuceClient client,
      RedisPolicy policy,
      EventLoop loop,
      Scheduler clock,
      RedisWatch watch,
      int maxInFlight) {
    this.client = client;
    this.policy = policy;
    this.loop = loop;
    this.clock = clock;
    this.watch = watch;
    this.maxInFlight = maxInFlight;
    this.backoff = new Backoff(Duration.ofMillis(FIRST_DELAY_MILLIS), policy.maxReconnectDelay());
  }

  EventLoop loop() {
    return loop;
  }

  State state() {
    return state;
  }

  /** Servers that decide. */
  int shardsUp() {
    return shardsUp;
  }

  /** Servers that have keys and do not decide, as far as they are known. */
  int shardsDown() {
    return shardsDown;
  }

  /** Commands that are not answered yet. */
  int inFlight() {
    return inFlight.get();
  }

  void inFlight(int more) {
    inFlight.getAndAdd(more);
  }

  /**
   * Runs the script once. Cold; to be subscribed on the loop, where it emits.
   *
   * @return the answer, or the error {@link RedisTrouble}
   */
  Mono<List<Object>> run(String[] keys, String[] arguments) {
    return new ScriptMono(this, keys, arguments);
  }

  long now() {
    return clock.now(TimeUnit.NANOSECONDS);
  }

  Scheduler clock() {
    return clock;
  }

  RedisPolicy policy() {
    return policy;
  }

  RedisWatch watch() {
    return watch;
  }

  /** A key that no request has; the numbers spread them over the slots of a cluster. */
  String probeKey(int number) {
    return policy.prefix() + ":{probe-" + nonce + "-" + number + "}";
  }

  /** Begins to connect. */
  void open() {
    loop.execute(this::connect);
  }

  private void connect() {
    if (state != State.DISCONNECTED) {
      return;
    }
    int mine = ++generation;
    CompletableFuture<Session> opening;
    try {
      opening = client.connect(() -> onLoop(() -> lost(mine)));
    } catch (RuntimeException e) {
      opening = CompletableFuture.failedFuture(e);
    }
    opening.whenComplete((opened, error) -> onLoop(() -> connected(mine, opened, error)));
    var unused =
        clock.schedule(
            () -> giveUp(mine), policy.connectTimeout().toMillis() * 2, TimeUnit.MILLISECONDS);
  }

  private void connected(int mine, @Nullable Session opened, @Nullable Throwable error) {
    if (opened == null) {
      if (mine == generation) {
        notConnected(error == null ? "" : Shard.reason(error));
      }
    } else if (mine != generation || state != State.DISCONNECTED) {
      opened.close();
    } else {
      session = opened;
      change(State.DOWN, "connected");
      tend();
    }
  }

  /** A connection that is neither opened nor refused, nor given up by Lettuce itself. */
  private void giveUp(int mine) {
    if (mine == generation && state == State.DISCONNECTED && session == null) {
      generation++;
      notConnected("no connection in time");
    }
  }

  /** Each reason is told once, as long as it stays the same. */
  private void notConnected(String why) {
    if (attempts == 0 || !why.equals(whyNotConnected)) {
      watch.changed("disconnected", why);
    }
    whyNotConnected = why;
    retryLater();
  }

  /** The pauses grow until Redis has decided something: a connection alone is no success. */
  private void retryLater() {
    if (state != State.DISCONNECTED) {
      return;
    }
    int mine = generation;
    attempts++;
    long delay = backoff.nanos(attempts, ThreadLocalRandom.current()::nextLong);
    var unused =
        clock.schedule(
            () -> {
              if (mine == generation) {
                connect();
              }
            },
            delay,
            TimeUnit.NANOSECONDS);
  }

  private void lost(int mine) {
    if (mine == generation && session != null) {
      disconnect("the connection was closed");
    }
  }

  /** Ends this connection and goes for another. */
  private void disconnect(String why) {
    Session old = session;
    session = null;
    generation++;
    endShards();
    if (state == State.CLOSED) {
      return;
    }
    change(State.DISCONNECTED, why);
    if (old != null) {
      old.close();
    }
    retryLater();
  }

  private void endShards() {
    shards.values().forEach(Shard::end);
    shards.clear();
    count();
  }

  private void change(State to, String why) {
    if (state != to) {
      state = to;
      watch.changed(to.name().toLowerCase(Locale.ROOT), why);
    }
  }

  /** Sends the command of a request to the server that has its keys, if that is up. */
  void begin(LinkCall call) {
    Session current = session;
    if (current == null) {
      refuse(call, Kind.DISCONNECTED, "Redis is disconnected");
      return;
    }
    Shard shard = shards.get(current.shardOf(call.keys()[0]));
    if (shard == null) {
      tend();
      refuse(call, Kind.DOWN, "no server that is known has the key");
    } else {
      shard.begin(call, Math.max(1, maxInFlight / shards.size()));
    }
  }

  void refuse(LinkCall call, Kind kind, String why) {
    watch.failed(kind.code());
    var unused = call.fail(new RedisTrouble(kind, why));
  }

  /** Follows the cluster: its nodes come and go, and slots with them. */
  void tend() {
    Session current = session;
    if (current == null) {
      return;
    }
    Collection<String> names = current.shards();
    if (names.size() == shards.size() && shards.keySet().containsAll(names)) {
      return;
    }
    shards
        .values()
        .removeIf(
            shard -> {
              boolean isGone = !names.contains(shard.name());
              if (isGone) {
                shard.end();
              }
              return isGone;
            });
    for (String name : names) {
      if (!shards.containsKey(name)) {
        Shard shard = new Shard(this, current, name);
        shards.put(name, shard);
        shard.open();
      }
    }
    count();
    if (state == State.UP && shardsUp == 0) {
      change(State.DOWN, "other nodes have the slots");
    }
  }

  /** A shard came up or went down; the link is up as long as one of them is. */
  void changed(Shard shard, String why) {
    count();
    if (shard.isUp()) {
      attempts = 0;
    }
    if (shardsUp > 0 == (state == State.UP)) {
      watch.changed(shard.isUp() ? "up" : "down", "node " + shard.name() + ": " + why);
    } else {
      change(shardsUp > 0 ? State.UP : State.DOWN, why);
    }
  }

  private void count() {
    int up = (int) shards.values().stream().filter(Shard::isUp).count();
    shardsUp = up;
    shardsDown = shards.size() - up;
  }

  /**
   * Nothing is heard of a server. If nothing is heard of any, all that we know of Redis may be of
   * the past, so it is begun anew; else its own connection is.
   */
  void hangs(Shard shard) {
    if (shards.values().stream().allMatch(Shard::isSilent)) {
      disconnect("nothing was heard for " + policy.hang().toMillis() + " ms");
    } else {
      shard.replace();
    }
  }

  /** In a cluster, who has which slots is asked by Lettuce. */
  void foundReplica(Shard shard) {
    if (policy.topology() != RedisPolicy.Topology.CLUSTER && shards.containsValue(shard)) {
      disconnect("it is a replica");
    }
  }

  void onLoop(Runnable action) {
    if (loop.inEventLoop()) {
      action.run();
    } else {
      loop.execute(action);
    }
  }

  /** Ends the link; commands on it fail. */
  Mono<Void> close() {
    return Mono.<Void>create(
        sink ->
            onLoop(
                () -> {
                  state = State.CLOSED;
                  generation++;
                  Session old = session;
                  session = null;
                  endShards();
                  if (old != null) {
                    old.close();
                  }
                  var unused = client.close().whenComplete((none, error) -> sink.success());
                }));
  }
}
