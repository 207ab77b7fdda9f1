package dev.weir.app.redis;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.ratelimit.Charge;
import dev.weir.ratelimit.Decision;
import dev.weir.ratelimit.InProcessLimiter;
import dev.weir.ratelimit.RateLimit;
import dev.weir.ratelimit.RateLimit.Mode;
import dev.weir.ratelimit.RateLimit.OnFailure;
import dev.weir.ratelimit.RateLimiter;
import dev.weir.ratelimit.Verdict;
import dev.weir.ratelimit.Verdict.Source;
import io.netty.util.concurrent.FastThreadLocal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Counts in Redis for all gateways that share it, and in this process what is this process's own.
 *
 * <p>First those limits are asked that need no answer from elsewhere, then those with tokens
 * fetched ahead, last and in one round trip all that are exact. Who says no ends the decision, and
 * what the others took is given back. The verdicts are those of the limits that were asked.
 */
public final class RedisRateLimiter implements RateLimiter {

  private static final Duration COME_BACK = Duration.ofSeconds(1);

  private final RedisLinks links;
  private final BucketKeys keys;
  private final InProcessLimiter own;
  private final InProcessLimiter inPlace;
  private final int gateways;
  private final AtomicInteger leasedKeys = new AtomicInteger();
  private final Map<RateLimit, RateLimit> parts = new ConcurrentHashMap<>();
  private final FastThreadLocal<@Nullable Leases> leases = new FastThreadLocal<>();

  /**
   * A limiter on these links.
   *
   * @param own counts for limits of this process
   * @param inPlace counts in place of Redis, for limits that want that
   * @param gateways that share Redis; each has its part of a limit while Redis is gone
   */
  public RedisRateLimiter(
      RedisLinks links,
      BucketKeys keys,
      InProcessLimiter own,
      InProcessLimiter inPlace,
      int gateways) {
    this.links = links;
    this.keys = keys;
    this.own = own;
    this.inPlace = inPlace;
    this.gateways = gateways;
  }

  @Override
  public Mono<Decision> decide(List<Charge> charges) {
    return Mono.defer(
        () -> {
          RedisLink link = links.current();
          return link == null
              ? Mono.defer(() -> new Round(links.any(), charges).inProcess())
                  .subscribeOn(Schedulers.fromExecutor(links.any().loop()))
              : new Round(link, charges).inProcess();
        });
  }

  /** Keys of which tokens were fetched ahead, once for each event loop that did. */
  public int leasedKeys() {
    return leasedKeys.get();
  }

  private Leases leases(RedisLink link) {
    Leases known = leases.get();
    if (known == null) {
      known = new Leases(link, keys, links.size(), links.policy().maxInFlight(), leasedKeys);
      leases.set(known);
    }
    return known;
  }

  private RateLimit part(RateLimit limit) {
    return parts.computeIfAbsent(limit, whole -> new RateLimit(whole.policy().dividedBy(gateways)));
  }

  /** One decision, and what it has taken so far. */
  private final class Round {

    private final RedisLink link;
    private final List<Charge> charges;
    private final @Nullable Verdict[] verdicts;
    private final List<Charge> leased = new ArrayList<>(0);
    private InProcessLimiter.@Nullable Settled ownTaken;
    private final List<InProcessLimiter.Settled> inPlaceTaken = new ArrayList<>(0);

    Round(RedisLink link, List<Charge> charges) {
      this.link = link;
      this.charges = charges;
      this.verdicts = new Verdict[charges.size()];
    }

    Mono<Decision> inProcess() {
      List<Charge> mine = with(Mode.IN_PROCESS);
      if (!mine.isEmpty()) {
        InProcessLimiter.Settled settled = own.decideNow(mine);
        settled.decision().verdicts().forEach(this::put);
        if (!settled.decision().isAdmitted()) {
          return Mono.just(decision());
        }
        ownTaken = settled;
      }
      return leased(0);
    }

    private Mono<Decision> leased(int from) {
      for (int i = from; i < charges.size(); i++) {
        Charge charge = charges.get(i);
        if (charge.limit().policy().mode() == Mode.LEASED) {
          Verdict verdict = leases(link).take(charge);
          if (verdict == null) {
            int next = i + 1;
            return leases(link)
                .await(charge)
                .flatMap(answer -> goesOn(answer) ? leased(next) : refused())
                .onErrorResume(RedisTrouble.class, trouble -> without(trouble, charge, next));
          }
          if (!goesOn(verdict)) {
            return refused();
          }
        }
      }
      return exact();
    }

    private Mono<Decision> without(RedisTrouble trouble, Charge charge, int next) {
      Mono<Decision> failure = inPlaceOf(List.of(charge), trouble);
      return failure != null ? failure : leased(next);
    }

    /** Notes a verdict on a lease; false if the request is refused. */
    private boolean goesOn(Verdict verdict) {
      put(verdict);
      if (verdict.isAdmitted()) {
        leased.add(verdict.charge());
      }
      return !verdict.isRefusal();
    }

    private Mono<Decision> exact() {
      List<Charge> shared = with(Mode.EXACT);
      if (shared.isEmpty()) {
        return Mono.just(decision());
      }
      return link.run(keys.of(shared), LimitScript.arguments(shared))
          .map(answer -> decided(shared, answer))
          .onErrorResume(
              RedisTrouble.class,
              trouble -> {
                Mono<Decision> failure = inPlaceOf(shared, trouble);
                return failure != null ? failure : Mono.just(decision());
              });
    }

    private Decision decided(List<Charge> shared, List<Object> answer) {
      for (int i = 0; i < shared.size(); i++) {
        put(LimitScript.verdict(shared.get(i), answer, i));
      }
      Decision decision = decision();
      if (!decision.isAdmitted()) {
        undo();
      }
      return decision;
    }

    /** What these limits want done without Redis. Null if the decision may go on after that. */
    private @Nullable Mono<Decision> inPlaceOf(List<Charge> missing, RedisTrouble trouble) {
      List<Charge> local = new ArrayList<>();
      for (Charge charge : missing) {
        OnFailure wish = charge.limit().policy().onFailure();
        if (wish == OnFailure.OPEN || charge.limit().isShadow()) {
          put(Verdict.open(charge));
        } else if (wish == OnFailure.LOCAL) {
          local.add(charge);
        } else {
          undo();
          return Mono.error(() -> closed(charge.limit(), trouble));
        }
      }
      boolean isRefused = false;
      for (Charge charge : local) {
        RateLimit part = part(charge.limit());
        Charge mine = new Charge(part, charge.key(), Math.min(charge.cost(), part.quota()));
        InProcessLimiter.Settled settled = inPlace.decideNow(List.of(mine));
        Verdict verdict = settled.decision().verdicts().get(0);
        put(
            new Verdict(
                charge,
                Source.LOCAL,
                verdict.isAdmitted(),
                verdict.remaining(),
                verdict.waitMicros(),
                verdict.resetMicros()));
        isRefused |= verdict.isRefusal();
        if (settled.decision().isAdmitted()) {
          inPlaceTaken.add(settled);
        }
      }
      return isRefused ? refused() : null;
    }

    private Mono<Decision> refused() {
      undo();
      return Mono.just(decision());
    }

    private void undo() {
      if (ownTaken != null) {
        own.giveBack(ownTaken);
        ownTaken = null;
      }
      inPlaceTaken.forEach(inPlace::giveBack);
      inPlaceTaken.clear();
      leased.forEach(charge -> leases(link).giveBack(charge));
      leased.clear();
    }

    private List<Charge> with(Mode mode) {
      boolean isAll = true;
      for (Charge charge : charges) {
        isAll &= charge.limit().policy().mode() == mode;
      }
      return isAll
          ? charges
          : charges.stream().filter(charge -> charge.limit().policy().mode() == mode).toList();
    }

    private void put(Verdict verdict) {
      for (int i = 0; i < verdicts.length; i++) {
        if (charges.get(i).limit() == verdict.charge().limit()) {
          verdicts[i] = verdict;
        }
      }
    }

    private Decision decision() {
      List<Verdict> asked = new ArrayList<>(verdicts.length);
      for (Verdict verdict : verdicts) {
        if (verdict != null) {
          asked.add(Objects.requireNonNull(verdict));
        }
      }
      return new Decision(asked);
    }
  }

  private static FailureException closed(RateLimit limit, RedisTrouble trouble) {
    return Failure.RATE_LIMIT_SERVICE_ERROR
        .exception("rate limit " + limit.name() + ": " + trouble.kind().code())
        .retryAfter(COME_BACK);
  }
}
