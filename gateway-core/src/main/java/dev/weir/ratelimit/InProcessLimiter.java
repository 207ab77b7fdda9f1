package dev.weir.ratelimit;

import dev.weir.ratelimit.Bucket.Taken;
import dev.weir.telemetry.Event;
import dev.weir.telemetry.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Counts in this process alone.
 *
 * <p>Never admits too much. Of decisions on several limits that run at the same time one may be
 * refused that would have been admitted alone: what it took is given back at once, but may have
 * been in the way of another.
 */
public final class InProcessLimiter implements RateLimiter {

  private final Scheduler clock;
  private final Telemetry telemetry;
  private final Map<RateLimit, BucketTable> tables = new ConcurrentHashMap<>();

  /**
   * A limiter without any limits yet; each comes with its first charge.
   *
   * @param clock for the time alone
   */
  public InProcessLimiter(Scheduler clock, Telemetry telemetry) {
    this.clock = clock;
    this.telemetry = telemetry;
  }

  @Override
  public Mono<Decision> decide(List<Charge> charges) {
    return Mono.fromSupplier(() -> decideNow(charges).decision());
  }

  /** Likewise, at once. */
  public Settled decideNow(List<Charge> charges) {
    long now = clock.now(TimeUnit.MICROSECONDS);
    if (charges.size() > 1) {
      Decision refusal = refusal(charges, now);
      if (refusal != null) {
        return new Settled(refusal, List.of());
      }
    }
    List<Taken> taken = new ArrayList<>(charges.size());
    List<Verdict> verdicts = new ArrayList<>(charges.size());
    boolean isRefused = false;
    for (Charge charge : charges) {
      Taken one = take(charge, now);
      Verdict verdict = Verdict.of(charge, one.isTaken(), one.level(), now);
      taken.add(one);
      verdicts.add(verdict);
      isRefused |= verdict.isRefusal();
    }
    Settled settled = new Settled(new Decision(verdicts), taken);
    if (isRefused) {
      giveBack(settled);
    }
    return settled;
  }

  /** What would be said, if it is no; nothing is taken. Null if nothing is against the request. */
  private @Nullable Decision refusal(List<Charge> charges, long now) {
    List<Verdict> verdicts = new ArrayList<>(charges.size());
    boolean isRefused = false;
    for (Charge charge : charges) {
      Verdict verdict = look(charge, now);
      verdicts.add(verdict);
      isRefused |= verdict.isRefusal();
    }
    return isRefused ? new Decision(verdicts) : null;
  }

  private Verdict look(Charge charge, long now) {
    BucketTable table = table(charge.limit());
    Arithmetic arithmetic = charge.limit().arithmetic();
    while (true) {
      Bucket bucket = table.bucket(charge.key(), now);
      Level level = bucket.peek(arithmetic, now);
      if (level != null) {
        return Verdict.of(charge, arithmetic.admits(level, now, charge.cost()), level, now);
      }
      table.forget(charge.key(), bucket);
    }
  }

  private Taken take(Charge charge, long now) {
    BucketTable table = table(charge.limit());
    while (true) {
      Bucket bucket = table.bucket(charge.key(), now);
      Taken taken = bucket.take(charge.limit().arithmetic(), now, charge.cost());
      if (taken != null) {
        return taken;
      }
      table.forget(charge.key(), bucket);
    }
  }

  /** Undoes a decision, as if its request had never come. */
  public void giveBack(Settled settled) {
    long now = clock.now(TimeUnit.MICROSECONDS);
    List<Verdict> verdicts = settled.decision().verdicts();
    for (int i = 0; i < settled.taken().size(); i++) {
      Taken taken = settled.taken().get(i);
      if (taken.isTaken()) {
        Charge charge = verdicts.get(i).charge();
        taken.from().giveBack(charge.limit().arithmetic(), taken.level(), now, charge.cost());
      }
    }
  }

  private BucketTable table(RateLimit limit) {
    BucketTable known = tables.get(limit);
    return known != null ? known : tables.computeIfAbsent(limit, this::newTable);
  }

  private BucketTable newTable(RateLimit limit) {
    return new BucketTable(
        limit.arithmetic(),
        limit.policy().maxKeys(),
        () -> telemetry.count(Event.RATE_LIMIT_KEYS_FULL, limit.name()));
  }

  /** How many keys of a limit have buckets of their own; at most its {@code maxKeys}. */
  public int keys(RateLimit limit) {
    BucketTable table = tables.get(limit);
    return table == null ? 0 : table.size();
  }

  /** A decision, and what it takes to undo it. */
  public record Settled(Decision decision, List<Taken> taken) {}
}
