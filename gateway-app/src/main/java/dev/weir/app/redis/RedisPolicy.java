package dev.weir.app.redis;

import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where Redis is, and how long it may take.
 *
 * @param nodes servers, sentinels, or some nodes of a cluster
 * @param master what sentinels call the server; only with sentinels
 * @param tls null for none
 * @param commandTimeout after which nobody waits for an answer any more
 * @param maxInFlight commands without an answer, on all connections together
 * @param failures in a row after which requests are not sent on
 * @param heartbeat between two looks at a connection that is well
 * @param hang after which a connection that says nothing is replaced
 * @param maxReconnectDelay between two tries to connect
 */
public record RedisPolicy(
    List<Node> nodes,
    Topology topology,
    @Nullable String master,
    @Nullable String username,
    @Nullable String password,
    @Nullable String sentinelPassword,
    int database,
    @Nullable SslContext tls,
    String prefix,
    Duration connectTimeout,
    Duration commandTimeout,
    int maxInFlight,
    int failures,
    Duration heartbeat,
    Duration hang,
    Duration maxReconnectDelay) {

  /** How many servers there are, and who knows which one to ask. */
  public enum Topology {
    STANDALONE,
    SENTINEL,
    CLUSTER
  }

  /** One of them. */
  public record Node(String host, int port) {}

  /** Without the passwords. */
  @Override
  public String toString() {
    return "RedisPolicy[" + topology + " " + nodes + "]";
  }
}
