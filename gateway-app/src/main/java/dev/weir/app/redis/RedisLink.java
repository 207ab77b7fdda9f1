package dev.weir.app.redis;

import dev.weir.app.redis.LettuceClient.Session;
import dev.weir.app.redis.RedisTrouble.Kind;
import dev.weir.resilience.Backoff;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The way from one event loop to Redis: a connection, what is known of its health, and the commands
 * on it. All of it happens on that loop.
 *
 * <pre>
 *   DISCONNECTED --connected--> DOWN --a probe was answered--> UP
 *        ^                       |  ^                           |
 *        +--nothing was heard----+  +--some commands in a row --+
 *           for long, or closed        failed or took too long
 * </pre>
 *
 * <p>Only when it is up are commands of requests sent; otherwise they fail at once. A probe is a
 * real decision on a key of its own, so that a Redis which answers but can't decide (read-only, out
 * of memory, busy with a script) is down. Probes run as long as the link is open: as a heartbeat,
 * at once after a failure, and every {@value #PROBE_PAUSE_MILLIS} ms while it is down.
 *
 * <p>A command that took too long is forgotten by its caller, not by the connection: it counts
 * against the maximum in flight until it is answered or the connection is closed. So what Lettuce
 * holds is bounded, too.
 */
final class RedisLink {

  static final int PROBE_PAUSE_MILLIS = 100;

  private static final long FIRST_DELAY_MILLIS = 10;
  private static final String[] PROBE = {"g", "1000000", "1", "1000000", "1", "1", "1"};

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
  private final String[] probeKeys;
  private final Backoff backoff;
  private final Queue<LinkCall> waitForScript = new ArrayDeque<>();

  private volatile State state = State.DISCONNECTED;
  private final AtomicInteger inFlight = new AtomicInteger();
  private @Nullable Session session;
  private boolean isSendingScript;
  private boolean isProbing;
  private int failuresInRow;
  private int attempts;
  private int generation;
  private long heardNanos;

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
    String nonce = Long.toHexString(ThreadLocalRandom.current().nextLong());
    this.probeKeys = new String[] {policy.prefix() + ":{probe-" + nonce + "}"};
  }

  EventLoop loop() {
    return loop;
  }

  State state() {
    return state;
  }

  /** Commands that are not answered yet. */
  int inFlight() {
    return inFlight.get();
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

  Duration commandTimeout() {
    return policy.commandTimeout();
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
        notConnected(error == null ? "" : reason(error));
      }
    } else if (mine != generation || state != State.DISCONNECTED) {
      opened.close();
    } else {
      session = opened;
      failuresInRow = 0;
      heardNanos = now();
      change(State.DOWN, "connected");
      probe();
    }
  }

  /** A connection that is neither opened nor refused, nor given up by Lettuce itself. */
  private void giveUp(int mine) {
    if (mine == generation && state == State.DISCONNECTED && session == null) {
      generation++;
      notConnected("no connection in time");
    }
  }

  private void notConnected(String why) {
    if (attempts == 0) {
      watch.changed("disconnected", why);
    }
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
    isProbing = false;
    generation++;
    if (state == State.CLOSED) {
      return;
    }
    change(State.DISCONNECTED, why);
    if (old != null) {
      old.close();
    }
    retryLater();
  }

  private void change(State to, String why) {
    if (state != to) {
      state = to;
      watch.changed(to.name().toLowerCase(Locale.ROOT), why);
    }
  }

  /** Sends the command of a request, if the link is up and there is room. */
  void begin(LinkCall call) {
    if (state != State.UP) {
      Kind kind = state == State.DOWN ? Kind.DOWN : Kind.DISCONNECTED;
      refuse(call, kind, "Redis is " + kind.code());
    } else if (inFlight.get() >= maxInFlight) {
      refuse(call, Kind.FULL, maxInFlight + " commands wait for Redis already");
    } else {
      send(call);
    }
  }

  private void refuse(LinkCall call, Kind kind, String why) {
    watch.failed(kind.code());
    var unused = call.fail(new RedisTrouble(kind, why));
  }

  private void send(LinkCall call) {
    inFlight.getAndIncrement();
    if (isSendingScript) {
      waitForScript.add(call);
    } else {
      dispatch(call, false);
    }
  }

  private void dispatch(LinkCall call, boolean isWhole) {
    Session current = session;
    if (current == null) {
      ended(call, null, new RedisTrouble(Kind.CLOSED, "the connection was closed"));
      return;
    }
    CompletionStage<List<Object>> answer = run(current, call, isWhole);
    var unused =
        answer.whenComplete((value, error) -> onLoop(() -> answered(call, isWhole, value, error)));
  }

  private static CompletionStage<List<Object>> run(Session to, LinkCall call, boolean isWhole) {
    try {
      return isWhole
          ? to.commands()
              .eval(LimitScript.TEXT, ScriptOutputType.MULTI, call.keys(), call.arguments())
          : to.commands()
              .evalsha(LimitScript.SHA, ScriptOutputType.MULTI, call.keys(), call.arguments());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void answered(
      LinkCall call, boolean isWhole, @Nullable List<Object> value, @Nullable Throwable error) {
    if (!isWhole && cause(error) instanceof RedisNoScriptException) {
      heardNanos = now();
      sendScript(call);
      return;
    }
    if (isWhole) {
      isSendingScript = false;
      for (LinkCall next = waitForScript.poll(); next != null; next = waitForScript.poll()) {
        dispatch(next, false);
      }
    }
    ended(call, value, error);
  }

  /** Sends the script with the first command that missed it; the others wait for that. */
  private void sendScript(LinkCall call) {
    boolean isAgain = call.waitsForScriptAgain();
    if (isSendingScript && !isAgain) {
      waitForScript.add(call);
      return;
    }
    isSendingScript = true;
    watch.scriptSent();
    dispatch(call, true);
  }

  private void ended(LinkCall call, @Nullable List<Object> value, @Nullable Throwable error) {
    inFlight.getAndDecrement();
    if (error == null && value != null) {
      heardNanos = now();
      call.succeed(value);
      return;
    }
    RedisTrouble trouble = trouble(error);
    if (trouble.kind() == Kind.REFUSED) {
      heardNanos = now();
    }
    if (call.fail(trouble)) {
      watch.failed(trouble.kind().code());
      failed(trouble);
    }
  }

  /** A command was answered in time. */
  void wentWell(long nanos) {
    watch.answered(nanos);
    failuresInRow = 0;
  }

  /** A command was not answered in time. */
  void tookTooLong() {
    watch.failed(Kind.TIMEOUT.code());
    failed(new RedisTrouble(Kind.TIMEOUT, "no answer in time"));
  }

  private void failed(RedisTrouble trouble) {
    failuresInRow++;
    if (state == State.UP && failuresInRow >= policy.failures()) {
      change(State.DOWN, failuresInRow + " failures in a row, the last: " + trouble.why());
    }
    boolean isReadOnly = trouble.why().startsWith("READONLY");
    if (isReadOnly && session != null && policy.topology() != RedisPolicy.Topology.CLUSTER) {
      disconnect("it is a replica");
    } else if (state == State.UP) {
      probe();
    }
  }

  /**
   * Asks Redis for a decision of our own, and again later, for as long as there is a connection.
   */
  private void probe() {
    if (isProbing || session == null) {
      return;
    }
    isProbing = true;
    int mine = generation;
    LinkCall call = new Probe(mine);
    call.startTimer();
    send(call);
  }

  private final class Probe extends LinkCall {

    private final int mine;

    Probe(int mine) {
      super(RedisLink.this, probeKeys, PROBE);
      this.mine = mine;
    }

    @Override
    void onAnswer(List<Object> answer) {
      probed(mine, true);
    }

    @Override
    void onTrouble(RedisTrouble trouble) {
      probed(mine, false);
    }
  }

  private void probed(int mine, boolean isWell) {
    if (mine != generation || session == null) {
      return;
    }
    isProbing = false;
    if (isWell) {
      attempts = 0;
      session.tend();
      change(State.UP, "it decides");
    } else if (now() - heardNanos > policy.hang().toNanos()) {
      disconnect("nothing was heard for " + policy.hang().toMillis() + " ms");
      return;
    }
    long pause = PROBE_PAUSE_MILLIS;
    if (state == State.UP) {
      pause = failuresInRow > 0 ? 1 : policy.heartbeat().toMillis();
    }
    var unused = clock.schedule(this::probe, pause, TimeUnit.MILLISECONDS);
  }

  void onLoop(Runnable action) {
    if (loop.inEventLoop()) {
      action.run();
    } else {
      loop.execute(action);
    }
  }

  private static @Nullable Throwable cause(@Nullable Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }

  private static RedisTrouble trouble(@Nullable Throwable error) {
    Throwable cause = cause(error);
    if (cause instanceof RedisTrouble known) {
      return known;
    }
    Kind kind = cause instanceof RedisCommandExecutionException ? Kind.REFUSED : Kind.CLOSED;
    return new RedisTrouble(kind, reason(cause));
  }

  private static String reason(@Nullable Throwable error) {
    Throwable cause = cause(error);
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause == null ? "no answer" : "" + cause.getMessage();
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
                  if (old != null) {
                    old.close();
                  }
                  var unused = client.close().whenComplete((none, error) -> sink.success());
                }));
  }
}
