package dev.weir.app.config;

import dev.weir.app.config.binding.Checked;
import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Matches;
import dev.weir.app.config.binding.OrOff;
import dev.weir.app.config.binding.Problems;
import dev.weir.app.config.binding.Range;
import dev.weir.app.config.binding.Secret;
import dev.weir.app.config.binding.Shorthand;
import dev.weir.app.config.binding.Size;
import dev.weir.app.redis.RedisPolicy;
import dev.weir.app.redis.RedisPolicy.Node;
import dev.weir.app.redis.RedisPolicy.Topology;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where gateways count together. */
@Doc(
    "A Redis (6.2 or later) in which gateways count together. Connections are opened if this is"
        + " here, and a gateway starts and serves without them: `on-failure` of a rate limit says"
        + " what becomes of requests until there is one.")
@Shorthand("nodes")
public record RedisSettings(
    @Doc("The server; or sentinels; or some nodes of a cluster, which know the others.")
        @Size(min = 1, max = 64)
        List<RedisNode> nodes,
    @Doc("Whether `nodes` is the one server, or `sentinel`s that know it, or nodes of a `cluster`.")
        @Default("standalone")
        Topology topology,
    @Doc("What the sentinels call the server.")
        @Matches(regex = "[!-~]{1,128}", expected = "a name without blanks")
        @Nullable String master,
    @Doc(
            "A user of Redis's access control lists, who needs `~weir:* +ping +eval +evalsha +time"
                + " +get +set` of a single server. Without one, `password` is the server's.")
        @Matches(regex = "[!-~]{1,128}", expected = "a name without blanks")
        @Nullable String username,
    @Doc("Best taken from the environment: `${REDIS_PASSWORD}`.")
        @Secret
        @Matches(regex = ".+", expected = "a password that is not empty")
        @Nullable String password,
    @Doc("What sentinels want, if they want one.")
        @Secret
        @Matches(regex = ".+", expected = "a password that is not empty")
        @Nullable String sentinelPassword,
    @Doc("The number of the database; a cluster has 0 alone.")
        @Default("0")
        @Range(min = "0", max = "65535")
        int database,
    @Doc("TLS with Redis.") @Default("off") OrOff<RedisTlsSettings> tls,
    @Doc("With what all keys begin; gateways with the same prefix count together.")
        @Default("weir")
        @Matches(
            regex = "[A-Za-z0-9._-]{1,32}",
            expected = "1 to 32 letters, digits, '.', '_' and '-'")
        String prefix,
    @Doc("For a connection to be open.") @Default("500ms") @Range(min = "1ms", max = "1m")
        Duration connectTimeout,
    @Doc("For a decision; what takes longer is dealt with by `on-failure`.")
        @Default("50ms")
        @Range(min = "1ms", max = "1m")
        Duration commandTimeout,
    @Doc("Decisions that may wait for Redis; further ones are dealt with by `on-failure` at once.")
        @Default("1024")
        @Range(min = "1", max = "1000000")
        int maxInFlight,
    @Doc("Failures in a row after which Redis is asked no more until a probe was answered.")
        @Default("3")
        @Range(min = "1", max = "1000")
        int failures,
    @Doc("How often a connection is probed while all is well.")
        @Default("500ms")
        @Range(min = "10ms", max = "1m")
        Duration heartbeat,
    @Doc("A connection from which nothing was heard for this time, though asked, is replaced.")
        @Default("2s")
        @Range(min = "100ms", max = "5m")
        Duration hang,
    @Doc("The longest pause between two tries to connect; a random part of it is waited.")
        @Default("500ms")
        @Range(min = "10ms", max = "5m")
        Duration reconnectDelay,
    @Doc(
            "The most gateways that share this Redis at a time. While it is gone, `on-failure: local`"
                + " gives each of them its part.")
        @Default("1")
        @Range(min = "1", max = "10000")
        int gateways)
    implements Checked {

  @Override
  public void check(Problems at) {
    if (topology == Topology.SENTINEL && master == null) {
      at.report("master", "what the sentinels call the server");
    }
    if (topology != Topology.SENTINEL) {
      onlyWithSentinels("master", at);
      onlyWithSentinels("sentinel-password", at);
    }
    if (topology == Topology.STANDALONE && nodes.size() > 1) {
      at.report("nodes", "one server, or topology: sentinel or cluster");
    }
    if (topology == Topology.CLUSTER && database != 0) {
      at.report("database", "0, the only one that a cluster has");
    }
    if (username != null && password == null) {
      at.report("password", "the password of that user");
    }
    Lengths.requireOrder(at, "command-timeout", commandTimeout, "hang", hang);
  }

  private static void onlyWithSentinels(String key, Problems at) {
    if (at.says(key)) {
      at.at(key).state("of no use without sentinels", "only with topology: sentinel");
    }
  }

  /**
   * What a client needs.
   *
   * @param secured how TLS is spoken; null for none
   */
  public RedisPolicy policy(@Nullable SslContext secured) {
    return new RedisPolicy(
        nodes.stream().map(node -> new Node(node.host(), node.port())).toList(),
        topology,
        master,
        username,
        password,
        sentinelPassword,
        database,
        secured,
        prefix,
        connectTimeout,
        commandTimeout,
        maxInFlight,
        failures,
        heartbeat,
        hang,
        reconnectDelay);
  }

  /** Without the passwords. */
  @Override
  public String toString() {
    return "RedisSettings[" + topology + " " + nodes + "]";
  }
}
