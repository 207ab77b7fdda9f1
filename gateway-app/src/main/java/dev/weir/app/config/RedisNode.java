package dev.weir.app.config;

import dev.weir.app.config.binding.ScalarType;
import dev.weir.http.Authority;
import org.jspecify.annotations.Nullable;

/**
 * A server of Redis: {@code 10.0.0.7:6379}, {@code redis.internal}.
 *
 * @param authority the host, and the port unless it is the usual one
 */
public record RedisNode(Authority authority) {

  private static final int USUAL_PORT = 6379;

  static final ScalarType<RedisNode> TYPE =
      new ScalarType<>(
          RedisNode.class,
          "redis node",
          "a host",
          "like redis.internal or 10.0.0.7:6379, without redis://",
          "A host, and a port where it is not 6379: `redis.internal`, `10.0.0.7:26379`.",
          new ScalarType.Form.Matching("[^/@]+"),
          RedisNode::parse);

  /** Null if it is not one. */
  public static @Nullable RedisNode parse(String text) {
    Authority authority = HostText.parse(text);
    return authority == null ? null : new RedisNode(authority);
  }

  /** Without brackets, if it is an IPv6 address. */
  public String host() {
    return authority.address();
  }

  public int port() {
    return authority.port() < 0 ? USUAL_PORT : authority.port();
  }

  @Override
  public String toString() {
    return authority.toString();
  }
}
