package dev.weir.app.redis;

import dev.weir.ratelimit.Charge;
import dev.weir.ratelimit.RateLimit;
import java.util.List;
import java.util.Map;

/**
 * What buckets are called in Redis: {@code weir:{orders:192.0.2.7}:per-client}.
 *
 * <p>What is in braces decides in which slot of a cluster a bucket is, and all buckets of one
 * decision have to be in one. So limits that are asked together are a group, and share it. If all
 * limits of a group tell requests apart in the same way, that is part of it, too, and the group is
 * spread over the cluster; else it is in one place.
 */
public final class BucketKeys {

  private final String prefix;
  private final Map<RateLimit, Group> groups;

  /**
   * A set of limits that are asked together, on whatever route.
   *
   * @param isSpread whether all of them have the same key for a request
   */
  public record Group(String name, boolean isSpread) {}

  /** Of a deployment that has a part of Redis under that prefix. */
  public BucketKeys(String prefix, Map<RateLimit, Group> groups) {
    this.prefix = prefix;
    this.groups = Map.copyOf(groups);
  }

  String[] of(List<Charge> charges) {
    String[] keys = new String[charges.size()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = of(charges.get(i));
    }
    return keys;
  }

  String of(Charge charge) {
    String limit = charge.limit().name();
    Group group = group(charge);
    return group.isSpread()
        ? prefix + ":{" + group.name() + ":" + charge.key() + "}:" + limit
        : prefix + ":{" + group.name() + "}:" + limit + ":" + charge.key();
  }

  /** Where the answer to a request that may be sent again is remembered, beside the bucket. */
  String memory(Charge charge, String id) {
    Group group = group(charge);
    String tag = group.isSpread() ? group.name() + ":" + charge.key() : group.name();
    return prefix + ":{" + tag + "}:answer:" + id;
  }

  private Group group(Charge charge) {
    Group group = groups.get(charge.limit());
    return group == null ? new Group(charge.limit().name(), true) : group;
  }
}
