package dev.weir.app.redis;

import dev.weir.app.redis.LettuceClient.Session;
import dev.weir.app.redis.RedisTrouble.Kind;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * The server that has some of the keys, as one event loop sees it: the commands on their way to it,
 * and whether it decides. Of a single Redis there is one, of a cluster one for each node that has
 * slots, so that a node which hangs harms no key but its own. Lives on the loop, as long as the
 * session that it is part of.
 *
 * <p>Only while it is up are commands of requests sent; otherwise they fail at once. A probe is a
 * real decision on a key of its own, so that a Redis which answers but can't decide (read-only, out
 * of memory, busy with a script) is down. Probes run all the time: as a heartbeat, at once after a
 * failure, and every {@value #PROBE_PAUSE_MILLIS} ms while it is down.
 *
 * <p>A command that took too long is forgotten by its caller, not by the connection: it counts
 * against the maximum in flight until it is answered or the connection is closed. So what Lettuce
 * holds is bounded, too.
 */
final class Shard {

  static final int PROBE_PAUSE_MILLIS = 100;

  /** How many keys a probe tries at most to find one that is here; the next one goes on. */
  private static final int KEYS_TRIED = 4096;

  /**
   * Until a command is sent again that Redis has refused since its keys were on two nodes at the
   * time; within the command's own limit.
   */
  private static final int AGAIN_PAUSE_MILLIS = 2;

  private static final String[] PROBE = {"g", "1000000", "1", "1000000", "1", "1", "1"};

  private final RedisLink link;
  private final Session session;
  private final String name;
  private final Queue<LinkCall> waitForScript = new ArrayDeque<>();
  private boolean isUp;
  private boolean isOver;
  private boolean isSendingScript;
  private boolean isProbing;
  private int inFlight;
  private int failuresInRow;
  private long heardNanos;
  private int keysTried;
  private String[] probeKeys = {""};
  private @Nullable Disposable nextProbe;

  /** Down, until a probe was answered. */
  Shard(RedisLink link, Session session, String name) {
    this.link = link;
    this.session = session;
    this.name = name;
    this.heardNanos = link.now();
  }

  String name() {
    return name;
  }

  boolean isUp() {
    return isUp;
  }

  /** Whether nothing at all was heard for so long that the connection can't be trusted. */
  boolean isSilent() {
    return link.now() - heardNanos > link.policy().hang().toNanos();
  }

  /** Opens the connection, if it is not open yet, and probes. */
  void open() {
    var unused = session.open(name).whenComplete((opened, error) -> link.onLoop(this::probe));
  }

  /** Nobody asks any more. */
  void end() {
    isOver = true;
    isUp = false;
    if (nextProbe != null) {
      nextProbe.dispose();
    }
  }

  /**
   * Sends the command of a request, if the server is up and there is room.
   *
   * @param max commands without an answer
   */
  void begin(LinkCall call, int max) {
    if (!isUp) {
      link.refuse(call, Kind.DOWN, "Redis is down");
    } else if (inFlight >= max) {
      link.refuse(call, Kind.FULL, max + " commands wait for Redis already");
    } else {
      send(call);
    }
  }

  private void send(LinkCall call) {
    call.sentTo(this);
    inFlight++;
    link.inFlight(1);
    if (isSendingScript) {
      waitForScript.add(call);
    } else {
      dispatch(call, false);
    }
  }

  private void dispatch(LinkCall call, boolean isWhole) {
    var unused =
        run(call, isWhole)
            .whenComplete(
                (value, error) -> link.onLoop(() -> answered(call, isWhole, value, error)));
  }

  private CompletionStage<List<Object>> run(LinkCall call, boolean isWhole) {
    try {
      return isWhole
          ? session
              .commands()
              .eval(LimitScript.TEXT, ScriptOutputType.MULTI, call.keys(), call.arguments())
          : session
              .commands()
              .evalsha(LimitScript.SHA, ScriptOutputType.MULTI, call.keys(), call.arguments());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void answered(
      LinkCall call, boolean isWhole, @Nullable List<Object> value, @Nullable Throwable error) {
    if (!isWhole && cause(error) instanceof RedisNoScriptException) {
      heardNanos = link.now();
      sendScript(call);
      return;
    }
    if (!call.isOver() && cause(error) instanceof RedisCommandExecutionException refusal) {
      if (isOfMovingSlot("" + refusal.getMessage())) {
        heardNanos = link.now();
        var unused =
            link.clock()
                .schedule(() -> dispatch(call, isWhole), AGAIN_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        return;
      }
    }
    if (isWhole) {
      isSendingScript = false;
      for (LinkCall next = waitForScript.poll(); next != null; next = waitForScript.poll()) {
        dispatch(next, false);
      }
    }
    ended(call, value, error);
  }

  /** Refused before anything was done for it, by a node that is just giving the slot away. */
  private static boolean isOfMovingSlot(String refusal) {
    return refusal.startsWith("TRYAGAIN")
        || refusal.startsWith("MOVED")
        || refusal.startsWith("ASK")
        || refusal.startsWith("CLUSTERDOWN Hash slot not served");
  }

  /** Sends the script with the first command that missed it; the others wait for that. */
  private void sendScript(LinkCall call) {
    boolean isAgain = call.waitsForScriptAgain();
    if (isSendingScript && !isAgain) {
      waitForScript.add(call);
      return;
    }
    isSendingScript = true;
    link.watch().scriptSent();
    dispatch(call, true);
  }

  private void ended(LinkCall call, @Nullable List<Object> value, @Nullable Throwable error) {
    inFlight--;
    link.inFlight(-1);
    if (error == null && value != null) {
      heardNanos = link.now();
      call.succeed(value);
      return;
    }
    RedisTrouble trouble = trouble(error);
    if (trouble.kind() == Kind.REFUSED) {
      heardNanos = link.now();
    }
    if (call.fail(trouble)) {
      link.watch().failed(trouble.kind().code());
      failed(trouble);
    }
  }

  /** A command was answered in time. */
  void wentWell(long nanos) {
    link.watch().answered(nanos);
    failuresInRow = 0;
  }

  /** A command was not answered in time. */
  void tookTooLong() {
    link.watch().failed(Kind.TIMEOUT.code());
    failed(new RedisTrouble(Kind.TIMEOUT, "no answer in time"));
  }

  private void failed(RedisTrouble trouble) {
    failuresInRow++;
    if (isUp && failuresInRow >= link.policy().failures()) {
      change(false, failuresInRow + " failures in a row, the last: " + trouble.why());
    }
    if (trouble.why().startsWith("READONLY")) {
      link.foundReplica(this);
    }
    if (isUp) {
      probe();
    }
  }

  private void change(boolean toUp, String why) {
    if (isUp != toUp && !isOver) {
      isUp = toUp;
      link.changed(this, why);
    }
  }

  /** Asks for a decision of our own, and again later, for as long as the session lasts. */
  private void probe() {
    if (isProbing || isOver) {
      return;
    }
    if (!hasProbeKey()) {
      probeIn(PROBE_PAUSE_MILLIS);
      return;
    }
    isProbing = true;
    LinkCall call = new Probe();
    call.startTimer();
    send(call);
  }

  /** Makes sure that the key of probes is here: slots move. */
  private boolean hasProbeKey() {
    for (int i = 0; i < KEYS_TRIED; i++) {
      if (!probeKeys[0].isEmpty() && name.equals(session.shardOf(probeKeys[0]))) {
        return true;
      }
      probeKeys = new String[] {link.probeKey(keysTried++)};
    }
    return false;
  }

  private final class Probe extends LinkCall {

    Probe() {
      super(Shard.this.link, probeKeys, PROBE);
    }

    @Override
    void onAnswer(List<Object> answer) {
      probed(true);
    }

    @Override
    void onTrouble(RedisTrouble trouble) {
      probed(false);
    }
  }

  private void probed(boolean isWell) {
    isProbing = false;
    if (isOver) {
      return;
    }
    if (isWell) {
      change(true, "it decides");
      link.tend();
    } else if (isSilent()) {
      link.hangs(this);
    }
    long pause = PROBE_PAUSE_MILLIS;
    if (isUp) {
      pause = failuresInRow > 0 ? 1 : link.policy().heartbeat().toMillis();
    }
    probeIn(pause);
  }

  /** Replaces what was planned before, so that there is one heartbeat however much fails. */
  private void probeIn(long millis) {
    if (nextProbe != null) {
      nextProbe.dispose();
    }
    if (!isOver) {
      nextProbe = link.clock().schedule(this::probe, millis, TimeUnit.MILLISECONDS);
    }
  }

  /** Ends the connection that says nothing, and gives the next one its time. */
  void replace() {
    heardNanos = link.now();
    session.cut(name);
    open();
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

  static String reason(@Nullable Throwable error) {
    Throwable cause = cause(error);
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause == null ? "no answer" : "" + cause.getMessage();
  }
}
