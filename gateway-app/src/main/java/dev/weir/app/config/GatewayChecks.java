package dev.weir.app.config;

import dev.weir.app.config.binding.Bound;
import dev.weir.app.config.binding.Bound.Located;
import dev.weir.app.config.binding.CrossCheck;
import dev.weir.app.config.binding.Problems;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What has to hold between routes and upstreams, and between routes. */
final class GatewayChecks implements CrossCheck {

  @Override
  public void check(Bound records, Problems at) {
    List<Located<RouteSettings>> routes = records.all(RouteSettings.class);
    checkUpstreams(records.all(ShareSettings.class), at.at("upstreams"));
    Map<String, RateLimitSettings> limits = new HashMap<>();
    List<Located<RedisSettings>> redis = records.all(RedisSettings.class);
    boolean isRedisSound = redis.size() == 1 || !at.says("redis");
    for (Located<RateLimitSettings> limit : records.all(RateLimitSettings.class)) {
      if (isRedisSound) {
        int gateways = redis.isEmpty() ? 0 : redis.get(0).value().gateways();
        limit.value().checkRedis(gateways, limit.at());
      }
      limits.put(limit.at().toString(), limit.value());
    }
    checkRateLimits(routes, limits, at.at("rate-limits"));
    checkIds(routes);
    checkReach(routes);
  }

  /** By what the file has as upstreams, so that one in error is not missing, too. */
  private static void checkUpstreams(List<Located<ShareSettings>> shares, Problems upstreams) {
    Collection<String> known = upstreams.keys();
    Set<String> used = new HashSet<>();
    for (Located<ShareSettings> share : shares) {
      String name = share.value().upstream();
      used.add(name);
      if (!known.contains(name)) {
        share.at().at("upstream").reportUnknown(name, "the name of an upstream", known);
      }
    }
    known.stream()
        .filter(name -> !used.contains(name))
        .forEach(name -> upstreams.atKey(name).warn("no route leads to " + name));
  }

  /**
   * Whether routes name limits that there are, and have what those need.
   *
   * @param sound those that could be made, by the keys that lead to them
   */
  private static void checkRateLimits(
      List<Located<RouteSettings>> routes, Map<String, RateLimitSettings> sound, Problems limits) {
    Collection<String> known = limits.keys();
    Set<String> used = new HashSet<>();
    for (Located<RouteSettings> route : routes) {
      List<String> names = route.value().rateLimits();
      for (int i = 0; i < names.size(); i++) {
        Problems place = route.at().at("rate-limits").at(i);
        if (!known.contains(names.get(i))) {
          place.reportUnknown(names.get(i), "the name of a rate limit", known);
        } else if (names.indexOf(names.get(i)) < i) {
          place.report("each rate limit once");
        }
        RateLimitSettings limit = sound.get("rate-limits." + names.get(i));
        if (limit != null) {
          limit.checkPath(route.value().path().names(), place);
        }
      }
      used.addAll(names);
    }
    known.stream()
        .filter(name -> !used.contains(name))
        .forEach(name -> limits.atKey(name).warn("no route has the rate limit " + name));
  }

  private static void checkIds(List<Located<RouteSettings>> routes) {
    Map<String, Problems> first = new HashMap<>();
    for (Located<RouteSettings> route : routes) {
      Problems other = first.putIfAbsent(route.value().id(), route.at());
      if (other != null) {
        reportId(route, other);
      }
    }
  }

  private static void reportId(Located<RouteSettings> route, Problems other) {
    if (route.at().says("id")) {
      route.at().report("id", "an id that is not that of " + other);
    } else {
      String id = route.value().id();
      route.at().state("has the id " + id + " by default, as has " + other, "an id of its own");
    }
  }

  private static void checkReach(List<Located<RouteSettings>> routes) {
    Map<RouteKey, Problems> first = new HashMap<>();
    for (Located<RouteSettings> route : routes) {
      for (RouteKey key : RouteKey.of(route.value())) {
        Problems other = first.putIfAbsent(key, route.at());
        if (other != null) {
          String host = key.host().isEmpty() ? "" : " for the host " + key.host();
          route
              .at()
              .state(
                  "never reached" + host,
                  "another host, path, method, header or query than that of " + other);
          break;
        }
      }
    }
  }
}
