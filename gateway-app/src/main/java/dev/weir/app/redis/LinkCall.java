package dev.weir.app.redis;

import dev.weir.app.redis.RedisTrouble.Kind;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * One command on a link, with its time limit. Ends once, on the link's loop: by the answer, by a
 * trouble, or as its caller leaves. What comes after that concerns the link alone.
 */
abstract class LinkCall implements Runnable {

  final RedisLink link;
  private final String[] keys;
  private final String[] arguments;
  private boolean hasWaitedForScript;
  private boolean isOver;
  private long startNanos;
  private @Nullable Disposable timer;
  private @Nullable Shard shard;

  LinkCall(RedisLink link, String[] keys, String[] arguments) {
    this.link = link;
    this.keys = keys;
    this.arguments = arguments;
  }

  abstract void onAnswer(List<Object> answer);

  abstract void onTrouble(RedisTrouble trouble);

  String[] keys() {
    return keys;
  }

  String[] arguments() {
    return arguments;
  }

  /** True from the second time on. */
  boolean waitsForScriptAgain() {
    boolean isAgain = hasWaitedForScript;
    hasWaitedForScript = true;
    return isAgain;
  }

  /** Who is told how it ends. */
  final void sentTo(Shard server) {
    shard = server;
  }

  void startTimer() {
    startNanos = link.now();
    timer =
        link.clock().schedule(this, link.policy().commandTimeout().toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Time is up. */
  @Override
  public final void run() {
    if (end()) {
      if (shard != null) {
        shard.tookTooLong();
      }
      onTrouble(new RedisTrouble(Kind.TIMEOUT, "no answer in time"));
    }
  }

  final void succeed(List<Object> answer) {
    if (end()) {
      if (shard != null) {
        shard.wentWell(link.now() - startNanos);
      }
      onAnswer(answer);
    }
  }

  /** False if it was over before. */
  final boolean fail(RedisTrouble trouble) {
    if (!end()) {
      return false;
    }
    onTrouble(trouble);
    return true;
  }

  final boolean isOver() {
    return isOver;
  }

  /** Nobody waits for it any more. */
  final void leave() {
    var unused = end();
  }

  /** True for the first of all ends. */
  private boolean end() {
    if (isOver) {
      return false;
    }
    isOver = true;
    if (timer != null) {
      timer.dispose();
    }
    return true;
  }
}
