package dev.weir.app.config;

import dev.weir.app.config.binding.Checked;
import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Problems;
import dev.weir.app.config.binding.Range;
import dev.weir.app.config.binding.Size;
import dev.weir.ratelimit.RateKey;
import dev.weir.ratelimit.RateKey.Part;
import dev.weir.ratelimit.RateLimit;
import dev.weir.ratelimit.RateLimit.Algorithm;
import dev.weir.ratelimit.RateLimit.Mode;
import dev.weir.ratelimit.RateLimit.OnFailure;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How many requests may come in a time, and which of them share that. */
@Doc(
    "How many requests may come in a time, and which of them share that. What exceeds it is answered"
        + " 429. All limits of a route are decided on together: a request that one of them refuses"
        + " costs nothing at the others.")
public record RateLimitSettings(
    @Doc("Tokens that come back in each `per`; a request costs one, or its `cost`.")
        @Range(min = "1", max = "1000000000")
        int rate,
    @Doc("The time for that.") @Default("1s") @Range(min = "1ms", max = "30d") Duration per,
    @Doc("Tokens that can be taken at once, after a pause; as many as `rate`, if left out.")
        @Range(min = "1", max = "1000000000")
        @Nullable Integer burst,
    @Doc(
            "`gcra` is a token bucket: tokens come back evenly. `sliding-window` counts the tokens"
                + " of the last `per`, estimated from two fixed windows.")
        @Default("gcra")
        Algorithm algorithm,
    @Doc(
            "Requests share tokens if all these are the same; with none, all do. What a client can"
                + " choose freely (a header) does not bound that client.")
        @Default("client")
        @Size(max = 8)
        List<RateKeyPart> key,
    @Doc("The bits of an IPv4 address that tell clients apart.")
        @Default("32")
        @Range(min = "1", max = "32")
        int ipv4Prefix,
    @Doc("The bits of an IPv6 address that tell clients apart; one client often has 2^64 of them.")
        @Default("64")
        @Range(min = "1", max = "128")
        int ipv6Prefix,
    @Doc("What a request costs.") @Default("{}") CostSettings cost,
    @Doc("`shared`: all routes with this limit share its tokens; `route`: each has its own.")
        @Default("shared")
        Scope scope,
    @Doc("With `true` it only counts what it would refuse, and refuses nothing.") @Default("false")
        boolean shadow,
    @Doc("Who counts: `redis` or this `process`. `redis`, if there is a section of that name.")
        @Nullable Store store,
    @Doc(
            "`exact` asks Redis for each request: together gateways never admit more than the limit."
                + " `leased` fetches tokens ahead: together they may be ahead of it by `lease` for"
                + " each event loop of each gateway.")
        @Default("exact")
        Counting mode,
    @Doc(
            "Tokens that an event loop may fetch ahead with `leased`; a twentieth of what can be"
                + " taken at once, if left out. Unused ones are lost after a second.")
        @Range(min = "1", max = "1000000000")
        @Nullable Integer lease,
    @Doc(
            "While Redis gives no answer: `closed` refuses requests with 503 and the code"
                + " RATE_LIMIT_SERVICE_ERROR, `open` lets them pass, `local` counts in this process,"
                + " by the gateway's part of the limit.")
        @Default("closed")
        OnFailure onFailure,
    @Doc(
            "For how many keys this process keeps count; those that find no place share one bucket."
                + " A key that has all its tokens needs no place.")
        @Default("100000")
        @Range(min = "1", max = "100000000")
        int maxKeys)
    implements Checked {

  /** Where tokens are counted. */
  public enum Store {
    REDIS,
    PROCESS
  }

  /** How tokens are taken from Redis. */
  public enum Counting {
    EXACT,
    LEASED
  }

  /** What only Redis makes sense of. */
  private static final List<String> OF_REDIS = List.of("mode", "lease", "on-failure");

  private static final int LEASED_PART = 20;

  /** Which routes share tokens. */
  public enum Scope {
    SHARED,
    ROUTE
  }

  @Override
  public void check(Problems at) {
    if (algorithm == Algorithm.SLIDING_WINDOW && burst != null) {
      at.at("burst").state("of no use with a sliding window", "only with gcra");
    }
    if (cost.largest() > tokensAtOnce()) {
      String key = cost.header() == null ? "amount" : "max";
      Problems place = at.says("cost") ? at.at("cost").at(key) : at.at("rate");
      place.report(
          "a cost that is not above the tokens that can be taken at once, " + tokensAtOnce());
    }
    if (lease != null && mode == Counting.EXACT) {
      at.at("lease").state("of no use with exact", "only with mode: leased");
    }
    if (lease != null && lease > tokensAtOnce()) {
      at.report("lease", "no more than the tokens that can be taken at once, " + tokensAtOnce());
    }
    if (!RateLimit.isCountable(policy("", true))) {
      at.at("rate")
          .report(
              "less, for a shorter time: rate, per and burst together can't be counted exactly");
    }
  }

  private int tokensAtOnce() {
    return burst == null || algorithm == Algorithm.SLIDING_WINDOW ? rate : burst;
  }

  /** Reports parameters that the path does not have. */
  void checkPath(List<String> parameters, Problems at) {
    for (RateKeyPart part : key) {
      if (part.kind() == RateKeyPart.Kind.PATH && !parameters.contains(part.name())) {
        at.state("its key needs the parameter " + part.name(), "a path with {" + part.name() + "}");
      }
    }
  }

  /**
   * Reports what does not go with the gateway's Redis, or without one.
   *
   * @param gateways that share it; 0 if there is none
   */
  void checkRedis(int gateways, Problems at) {
    if (gateways == 0 && store == Store.REDIS) {
      at.report("store", "process, or a section redis");
    } else if (!isInRedis(gateways > 0)) {
      OF_REDIS.stream()
          .filter(at::says)
          .forEach(key -> at.at(key).state("of no use in a process", "only with Redis"));
    } else if (!RateLimit.isCountable(policy("", true).dividedBy(gateways))) {
      at.report(
          "rate",
          "less, for a shorter time: its part for each of "
              + gateways
              + " gateways can't be counted exactly");
    }
  }

  private boolean isInRedis(boolean hasRedis) {
    return hasRedis && store != Store.PROCESS;
  }

  /** The limit under that name, in a gateway with or without Redis. */
  public RateLimit.Policy policy(String name, boolean hasRedis) {
    return new RateLimit.Policy(
        name,
        algorithm,
        rate,
        per.toMillis(),
        tokensAtOnce(),
        shadow,
        isInRedis(hasRedis) ? mode == Counting.LEASED ? Mode.LEASED : Mode.EXACT : Mode.IN_PROCESS,
        onFailure,
        lease != null ? lease : Math.max(1, tokensAtOnce() / LEASED_PART),
        maxKeys);
  }

  public RateKey rateKey() {
    Part.Client client = new Part.Client(ipv4Prefix, ipv6Prefix);
    return new RateKey(key.stream().map(part -> part.part(client)).toList());
  }
}
