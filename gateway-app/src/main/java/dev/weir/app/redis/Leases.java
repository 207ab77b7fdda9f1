package dev.weir.app.redis;

import dev.weir.app.redis.RedisTrouble.Kind;
import dev.weir.ratelimit.Charge;
import dev.weir.ratelimit.RateLimit;
import dev.weir.ratelimit.Verdict;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The tokens that one event loop has fetched ahead, by bucket; lives on that loop. Of each limit it
 * keeps its part of {@code max-keys}; the one that was not used for longest goes, with its tokens.
 */
final class Leases {

  private static final float LOAD_FACTOR = 0.75f;

  private final RedisLink link;
  private final BucketKeys keys;
  private final int loops;
  private final int maxWaiting;
  private final AtomicInteger held;
  private final Map<RateLimit, Map<String, Lease>> leases = new HashMap<>();
  private final String nonce = Long.toHexString(ThreadLocalRandom.current().nextLong()) + "-";
  private long asked;
  private int waiting;

  /**
   * None yet.
   *
   * @param loops that share the limits' {@code max-keys}
   * @param maxWaiting requests that may wait for tokens
   * @param held counts the keys of all loops
   */
  Leases(RedisLink link, BucketKeys keys, int loops, int maxWaiting, AtomicInteger held) {
    this.link = link;
    this.keys = keys;
    this.loops = loops;
    this.maxWaiting = maxWaiting;
    this.held = held;
  }

  /** At once, if that can be; null if Redis has to be asked first. */
  @Nullable Verdict take(Charge charge) {
    return lease(charge).take(charge, link.now());
  }

  /** When Redis has been asked; fails with {@link RedisTrouble}. */
  Mono<Verdict> await(Charge charge) {
    return lease(charge).await(charge);
  }

  void giveBack(Charge charge) {
    lease(charge).giveBack(charge);
  }

  private Lease lease(Charge charge) {
    Map<String, Lease> ofLimit = leases.get(charge.limit());
    if (ofLimit == null) {
      int max = Math.max(1, charge.limit().policy().maxKeys() / loops);
      ofLimit = new Recent(max, held);
      leases.put(charge.limit(), ofLimit);
    }
    Lease lease = ofLimit.get(charge.key());
    if (lease == null) {
      lease = new Lease(this, charge.limit().policy().lease(), link.now());
      held.getAndIncrement();
      ofLimit.put(charge.key(), lease);
    }
    return lease;
  }

  RedisLink link() {
    return link;
  }

  boolean mayWait() {
    return waiting < maxWaiting;
  }

  void waits(int more) {
    waiting += more;
  }

  /**
   * Fetches tokens. If it is not known what became of that, it is asked once more under the same
   * id, so that what was taken is not lost, nor taken twice.
   */
  void fetch(
      Charge charge,
      long wanted,
      long least,
      Lease.OnFetched onFetched,
      Consumer<RedisTrouble> onTrouble,
      long forCost) {
    String[] places = {keys.of(charge), keys.memory(charge, nonce + asked++)};
    String[] arguments = LimitScript.arguments(charge, wanted, least);
    Mono<List<Object>> answer =
        link.run(places, arguments)
            .onErrorResume(Leases::isUnknown, unknown -> link.run(places, arguments));
    var unused =
        answer.subscribe(
            numbers ->
                onFetched.fetched(
                    LimitScript.verdict(charge, numbers, 0),
                    LimitScript.number(numbers, 0),
                    forCost),
            error ->
                onTrouble.accept(
                    error instanceof RedisTrouble trouble
                        ? trouble
                        : new RedisTrouble(Kind.REFUSED, "" + error)));
  }

  private static boolean isUnknown(Throwable error) {
    return error instanceof RedisTrouble trouble
        && (trouble.kind() == Kind.TIMEOUT || trouble.kind() == Kind.CLOSED);
  }

  /** The leases used last. */
  private static final class Recent extends LinkedHashMap<String, Lease> {

    private final int max;
    private final AtomicInteger held;

    Recent(int max, AtomicInteger held) {
      super(16, LOAD_FACTOR, true);
      this.max = max;
      this.held = held;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Lease> eldest) {
      boolean isTooMany = size() > max;
      if (isTooMany) {
        held.getAndDecrement();
      }
      return isTooMany;
    }
  }
}
