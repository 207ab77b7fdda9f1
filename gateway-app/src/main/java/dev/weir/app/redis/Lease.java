package dev.weir.app.redis;

import dev.weir.ratelimit.Charge;
import dev.weir.ratelimit.Verdict;
import dev.weir.ratelimit.Verdict.Source;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Tokens of one bucket that an event loop has fetched ahead; lives on that loop.
 *
 * <p>Never holds more than the limit's {@code lease}, or than one request costs. Batches grow while
 * they are used up quickly and shrink while they last. When Redis says that there are no more, it
 * is not asked again before there can be.
 */
final class Lease {

  /** What is not used by then is lost. So tokens are not saved up beside those of the bucket. */
  private static final long AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A batch that lasts less long should have been larger. */
  private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** A batch that lasts longer should have been smaller. */
  private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Leases owner;
  private final long max;
  private final Queue<Waiter> waiters = new ArrayDeque<>();
  private long tokens;
  private long batch = 1;
  private long endNanos;
  private long filledNanos;
  private boolean isFilling;
  private long deniedUntilNanos;
  private long deniedCost = Long.MAX_VALUE;
  private @Nullable Verdict last;

  private record Waiter(Charge charge, MonoSink<Verdict> sink) {}

  Lease(Leases owner, long max, long nowNanos) {
    this.owner = owner;
    this.max = max;
    this.endNanos = nowNanos;
    this.filledNanos = nowNanos;
    this.deniedUntilNanos = nowNanos;
  }

  /** At once, if that can be; null if Redis has to be asked first. */
  @Nullable Verdict take(Charge charge, long nowNanos) {
    if (nowNanos - endNanos >= 0) {
      tokens = 0;
    }
    if (tokens >= charge.cost()) {
      tokens -= charge.cost();
      if (tokens * 2 < batch && !isFilling && nowNanos - deniedUntilNanos >= 0) {
        fill(charge, 1);
      }
      return admitted(charge);
    }
    return isDenied(charge, nowNanos) ? refused(charge, nowNanos) : null;
  }

  private boolean isDenied(Charge charge, long nowNanos) {
    return charge.cost() >= deniedCost && nowNanos - deniedUntilNanos < 0;
  }

  /** When Redis has been asked. */
  Mono<Verdict> await(Charge charge) {
    return Mono.create(
        sink -> {
          if (!owner.mayWait()) {
            sink.error(
                new RedisTrouble(RedisTrouble.Kind.FULL, "too many requests wait for tokens"));
            return;
          }
          Waiter waiter = new Waiter(charge, sink);
          waiters.add(waiter);
          owner.waits(1);
          sink.onCancel(() -> owner.link().onLoop(() -> leave(waiter)));
          if (!isFilling) {
            fill(charge, charge.cost());
          }
        });
  }

  private void leave(Waiter waiter) {
    if (waiters.remove(waiter)) {
      owner.waits(-1);
    }
  }

  /** Takes back what was taken for a request that was refused elsewhere. */
  void giveBack(Charge charge) {
    tokens = Math.min(max, tokens + charge.cost());
  }

  private void fill(Charge charge, long least) {
    isFilling = true;
    long wanted = Math.max(least, Math.min(batch, max - tokens));
    owner.fetch(charge, wanted, least, this::filled, this::failed, least);
  }

  private void filled(Verdict verdict, long granted, long least) {
    long now = owner.link().now();
    isFilling = false;
    last = verdict;
    if (granted > 0) {
      tokens = now - endNanos >= 0 ? granted : tokens + granted;
      endNanos = now + AGE_NANOS;
      deniedUntilNanos = now;
      deniedCost = Long.MAX_VALUE;
      long lasted = now - filledNanos;
      filledNanos = now;
      if (lasted < SHORT_NANOS) {
        batch = Math.min(max, batch * 2);
      } else if (lasted > LONG_NANOS) {
        batch = Math.max(1, batch / 2);
      }
    } else {
      deniedUntilNanos = now + TimeUnit.MICROSECONDS.toNanos(verdict.waitMicros());
      deniedCost = least;
    }
    serve(now);
  }

  /** Those who wait, in their order, as long as it can be told what becomes of them. */
  private void serve(long nowNanos) {
    for (Waiter first = waiters.peek(); first != null; first = waiters.peek()) {
      Charge charge = first.charge();
      Verdict verdict = null;
      if (tokens >= charge.cost()) {
        tokens -= charge.cost();
        verdict = admitted(charge);
      } else if (isDenied(charge, nowNanos)) {
        verdict = refused(charge, nowNanos);
      }
      if (verdict == null) {
        fill(charge, charge.cost());
        return;
      }
      leave(first);
      first.sink().success(verdict);
    }
  }

  private void failed(RedisTrouble trouble) {
    isFilling = false;
    for (Waiter next = waiters.peek(); next != null; next = waiters.peek()) {
      leave(next);
      next.sink().error(trouble);
    }
  }

  private Verdict admitted(Charge charge) {
    Verdict known = last;
    return known == null
        ? new Verdict(charge, Source.OWN, true, tokens, 0, 0)
        : new Verdict(charge, Source.OWN, true, known.remaining() + tokens, 0, known.resetMicros());
  }

  private Verdict refused(Charge charge, long nowNanos) {
    long waitMicros = TimeUnit.NANOSECONDS.toMicros(deniedUntilNanos - nowNanos) + 1;
    Verdict known = last;
    return new Verdict(
        charge,
        Source.OWN,
        false,
        tokens,
        waitMicros,
        known == null ? waitMicros : known.resetMicros());
  }

  /** What becomes of a request to fetch tokens. */
  interface OnFetched {
    void fetched(Verdict verdict, long granted, long least);
  }
}
