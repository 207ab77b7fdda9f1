package dev.weir.app;

import dev.weir.app.config.RateLimitSettings;
import dev.weir.app.config.RateLimitSettings.Scope;
import dev.weir.app.config.RouteSettings;
import dev.weir.app.config.Settings;
import dev.weir.app.redis.BucketKeys.Group;
import dev.weir.app.redis.RedisLinks;
import dev.weir.filter.RateLimitFilter.Use;
import dev.weir.http.JsonText;
import dev.weir.ratelimit.InProcessLimiter;
import dev.weir.ratelimit.RateLimit;
import dev.weir.ratelimit.RateLimit.Mode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All rate limits of a gateway, and who counts for them. */
final class RateLimits {

  /** Before the id of a route; no name of the configuration can begin like this. */
  private static final String OF_ROUTE = "route:";

  private final Map<String, RateLimit> limits = new LinkedHashMap<>();
  private final Map<String, RateLimitSettings> settings = new LinkedHashMap<>();
  private final boolean hasRedis;
  private final InProcessLimiter inProcess;

  /** Those of the settings; each is told to {@code gauges}. */
  RateLimits(Settings all, InProcessLimiter inProcess, Gauges gauges) {
    this.hasRedis = all.redis() != null;
    this.inProcess = inProcess;
    all.rateLimits().forEach(this::add);
    for (RouteSettings route : all.routes()) {
      RateLimitSettings own = route.rateLimit();
      if (own != null) {
        add(OF_ROUTE + route.id(), own);
      }
    }
    limits.values().forEach(limit -> gauges.ofRateLimit(limit, inProcess));
  }

  private void add(String name, RateLimitSettings limit) {
    settings.put(name, limit);
    limits.put(name, new RateLimit(limit.policy(name, hasRedis)));
  }

  boolean anyInRedis() {
    return limits.values().stream().anyMatch(limit -> mode(limit) != Mode.IN_PROCESS);
  }

  private static Mode mode(RateLimit limit) {
    return limit.policy().mode();
  }

  /**
   * Which limits have to be in one place in Redis, since some route asks them together: exact ones
   * that are on one route, and those that are on one with any of them.
   */
  Map<RateLimit, Group> groups(List<RouteSettings> routes) {
    Map<RateLimit, Set<Use>> together = new LinkedHashMap<>();
    for (RouteSettings route : routes) {
      Set<Use> all = new LinkedHashSet<>();
      for (Use use : of(route)) {
        if (mode(use.limit()) == Mode.EXACT) {
          all.add(use);
          all.addAll(together.getOrDefault(use.limit(), Set.of()));
        }
      }
      all.forEach(use -> together.put(use.limit(), all));
    }
    Map<RateLimit, Group> groups = new LinkedHashMap<>();
    together.forEach((limit, uses) -> groups.put(limit, group(uses)));
    return groups;
  }

  private static Group group(Set<Use> uses) {
    String name = uses.stream().map(use -> use.limit().name()).min(String::compareTo).orElse("");
    boolean isSpread =
        uses.stream().map(use -> use.key().parts()).distinct().count() == 1
            && uses.stream().allMatch(use -> use.scope().isEmpty());
    return new Group(name, isSpread || uses.stream().map(Use::limit).distinct().count() == 1);
  }

  /** The limits of a route; the settings have been checked. */
  List<Use> of(RouteSettings route) {
    List<Use> uses = new ArrayList<>();
    for (String name : route.rateLimits()) {
      uses.add(use(name, route));
    }
    if (route.rateLimit() != null) {
      uses.add(use(OF_ROUTE + route.id(), route));
    }
    return uses;
  }

  private Use use(String name, RouteSettings route) {
    RateLimitSettings limit = Objects.requireNonNull(settings.get(name));
    return new Use(
        Objects.requireNonNull(limits.get(name)),
        limit.rateKey(),
        limit.cost().cost(),
        limit.scope() == Scope.ROUTE ? route.id() : "");
  }

  /**
   * What there is, for whoever runs the gateway.
   *
   * @param redis null if there is none
   */
  String json(@Nullable RedisLinks redis) {
    StringBuilder json = new StringBuilder("{\"rate_limits\":[");
    for (RateLimit limit : limits.values()) {
      json.append(json.charAt(json.length() - 1) == '[' ? "" : ",");
      describe(limit, json);
    }
    json.append(']');
    if (redis != null) {
      json.append(",\"redis\":{\"up\":").append(redis.up());
      json.append(",\"down\":").append(redis.down());
      json.append(",\"disconnected\":").append(redis.disconnected());
      json.append(",\"shards_up\":").append(redis.shardsUp());
      json.append(",\"shards_down\":").append(redis.shardsDown());
      json.append(",\"in_flight\":").append(redis.inFlight()).append('}');
    }
    return json.append("}\n").toString();
  }

  private void describe(RateLimit limit, StringBuilder json) {
    RateLimit.Policy policy = limit.policy();
    json.append("{\"name\":");
    JsonText.append(json, policy.name());
    json.append(",\"algorithm\":").append(word(policy.algorithm()));
    json.append(",\"rate\":").append(policy.rate());
    json.append(",\"per_ms\":").append(policy.periodMillis());
    json.append(",\"burst\":").append(policy.burst());
    json.append(",\"key\":");
    JsonText.append(json, key(settings.get(policy.name())));
    json.append(",\"mode\":").append(word(policy.mode()));
    if (policy.mode() != Mode.IN_PROCESS) {
      json.append(",\"on_failure\":").append(word(policy.onFailure()));
    }
    if (policy.mode() == Mode.LEASED) {
      json.append(",\"lease\":").append(policy.lease());
    }
    json.append(",\"shadow\":").append(policy.isShadow());
    json.append(",\"keys\":").append(inProcess.keys(limit));
    json.append(",\"max_keys\":").append(policy.maxKeys()).append('}');
  }

  private static String key(@Nullable RateLimitSettings limit) {
    return limit == null
        ? ""
        : String.join(",", limit.key().stream().map(Object::toString).toList());
  }

  private static String word(Enum<?> value) {
    return '"' + value.name().toLowerCase(Locale.ROOT).replace('_', '-') + '"';
  }
}
