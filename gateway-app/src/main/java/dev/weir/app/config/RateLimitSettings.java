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
    @Doc(
            "For how many keys this process keeps count; those that find no place share one bucket."
                + " A key that has all its tokens needs no place.")
        @Default("100000")
        @Range(min = "1", max = "100000000")
        int maxKeys)
    implements Checked {

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
    if (!RateLimit.isCountable(policy(""))) {
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

  /** The limit under that name. */
  public RateLimit.Policy policy(String name) {
    return new RateLimit.Policy(
        name,
        algorithm,
        rate,
        per.toMillis(),
        tokensAtOnce(),
        shadow,
        Mode.EXACT,
        OnFailure.CLOSED,
        maxKeys);
  }

  public RateKey rateKey() {
    Part.Client client = new Part.Client(ipv4Prefix, ipv6Prefix);
    return new RateKey(key.stream().map(part -> part.part(client)).toList());
  }
}
