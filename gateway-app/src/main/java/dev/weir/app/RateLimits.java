package dev.weir.app;

import dev.weir.app.config.RateLimitSettings;
import dev.weir.app.config.RateLimitSettings.Scope;
import dev.weir.app.config.RouteSettings;
import dev.weir.app.config.Settings;
import dev.weir.filter.RateLimitFilter.Use;
import dev.weir.http.JsonText;
import dev.weir.ratelimit.InProcessLimiter;
import dev.weir.ratelimit.RateLimit;
import dev.weir.ratelimit.RateLimiter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** All rate limits of a gateway, and who counts for them. */
final class RateLimits {

  /** Before the id of a route; no name of the configuration can begin like this. */
  private static final String OF_ROUTE = "route:";

  private final Map<String, RateLimit> limits = new LinkedHashMap<>();
  private final Map<String, RateLimitSettings> settings = new LinkedHashMap<>();
  private final InProcessLimiter inProcess;

  /** Those of the settings; each is told to {@code gauges}. */
  RateLimits(Settings all, InProcessLimiter inProcess, Gauges gauges) {
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
    limits.put(name, new RateLimit(limit.policy(name)));
  }

  RateLimiter limiter() {
    return inProcess;
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

  /** What there is, for whoever runs the gateway. */
  String json() {
    StringBuilder json = new StringBuilder("{\"rate_limits\":[");
    for (RateLimit limit : limits.values()) {
      json.append(json.charAt(json.length() - 1) == '[' ? "" : ",");
      describe(limit, json);
    }
    return json.append("]}\n").toString();
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
