package dev.weir.app.redis;

import dev.weir.app.redis.RedisPolicy.Node;
import dev.weir.app.redis.RedisPolicy.Topology;
import dev.weir.loop.EventLoops;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ConnectionIntent;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Lettuce, set for the path of a request, on one event loop: no threads, no timers and no queue of
 * its own. What is not connected is refused, what is sent is sent once, and how long an answer may
 * take is for the caller to say.
 *
 * <p>To a single server it does not reconnect by itself, so that each connection asks anew where
 * the server is. To a cluster it does, node by node.
 */
final class LettuceClient {

  private static final Duration MIN_DELAY = Duration.ofMillis(20);

  /** How often a cluster may say that a key is elsewhere. */
  private static final int MAX_REDIRECTS = 5;

  private final RedisPolicy policy;
  private final ClientResources resources;
  private final AbstractRedisClient client;

  LettuceClient(RedisPolicy policy, EventLoops loops, EventLoop loop) {
    this.policy = policy;
    this.resources =
        ClientResources.builder()
            .eventLoopGroupProvider(new OwnLoop(loop))
            .eventExecutorGroup(loop)
            .timer(new LoopTimer(loops.clock()))
            .addressResolverGroup(loops.resolver())
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .reconnectDelay(
                Delay.fullJitter(MIN_DELAY, policy.maxReconnectDelay(), 2, TimeUnit.MILLISECONDS))
            .build();
    this.client = policy.topology() == Topology.CLUSTER ? cluster() : single();
  }

  /** An open connection. */
  interface Session {

    RedisScriptingAsyncCommands<String, String> commands();

    /** Opens what is not open yet, and should be; does not wait for that. */
    default void tend() {}

    /** Ends it; what waits for an answer fails. */
    void close();
  }

  private RedisClient single() {
    RedisClient single = AsyncClients.single(resources);
    single.setOptions(options(ClientOptions.builder().autoReconnect(false)).build());
    return single;
  }

  private RedisClusterClient cluster() {
    RedisClusterClient cluster = AsyncClients.cluster(resources, uris());
    ClusterTopologyRefreshOptions refresh =
        ClusterTopologyRefreshOptions.builder()
            .adaptiveRefreshTriggersTimeout(policy.maxReconnectDelay())
            .enablePeriodicRefresh(policy.hang().multipliedBy(5))
            .build();
    ClientOptions common = options(ClientOptions.builder().replayFilter(command -> true)).build();
    cluster.setOptions(
        ClusterClientOptions.builder(common)
            .topologyRefreshOptions(refresh)
            .maxRedirects(MAX_REDIRECTS)
            .build());
    return cluster;
  }

  private ClientOptions.Builder options(ClientOptions.Builder options) {
    return options
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        .requestQueueSize(policy.maxInFlight())
        .protocolVersion(ProtocolVersion.RESP2)
        .maintNotificationsConfig(MaintNotificationsConfig.disabled())
        .useHashIndexQueue(false)
        .timeoutOptions(TimeoutOptions.builder().build())
        .socketOptions(
            SocketOptions.builder()
                .connectTimeout(policy.connectTimeout())
                .tcpNoDelay(true)
                .build())
        .sslOptions(sslOptions());
  }

  private SslOptions sslOptions() {
    SslOptions.Builder options =
        SslOptions.builder().jdkSslProvider().handshakeTimeout(policy.connectTimeout());
    RedisPolicy.Tls tls = policy.tls();
    return tls == null || tls.trust() == null
        ? options.build()
        : options.trustManager(tls.trust()).build();
  }

  private List<RedisURI> uris() {
    return policy.nodes().stream().map(node -> uri(RedisURI.builder(), node)).toList();
  }

  private RedisURI uri(RedisURI.Builder uri, Node node) {
    return common(uri.withHost(node.host()).withPort(node.port())).build();
  }

  private RedisURI.Builder common(RedisURI.Builder uri) {
    String password = policy.password();
    String username = policy.username();
    if (username != null && password != null) {
      uri.withAuthentication(username, password.toCharArray());
    } else if (password != null) {
      uri.withPassword(password.toCharArray());
    }
    RedisPolicy.Tls tls = policy.tls();
    if (tls != null) {
      uri.withSsl(true).withVerifyPeer(tls.isNameChecked() ? SslVerifyMode.FULL : SslVerifyMode.CA);
    }
    return uri.withDatabase(policy.database()).withTimeout(policy.connectTimeout());
  }

  private RedisURI sentinelUri() {
    RedisURI.Builder uri =
        RedisURI.builder().withSentinelMasterId(Objects.requireNonNull(policy.master()));
    for (Node node : policy.nodes()) {
      RedisURI.Builder sentinel =
          RedisURI.builder()
              .withHost(node.host())
              .withPort(node.port())
              .withTimeout(policy.connectTimeout());
      String password = policy.sentinelPassword();
      if (password != null) {
        sentinel.withPassword(password.toCharArray());
      }
      RedisPolicy.Tls tls = policy.tls();
      if (tls != null) {
        sentinel.withSsl(true);
      }
      uri.withSentinel(sentinel.build());
    }
    return common(uri).build();
  }

  /**
   * Opens a connection, on the loop.
   *
   * @param onClosed runs once it has ended, for whatever reason; never of a cluster
   */
  CompletableFuture<Session> connect(Runnable onClosed) {
    if (client instanceof RedisClusterClient cluster) {
      // Where the nodes are is asked for each time: all that were known may be gone.
      return cluster
          .refreshPartitionsAsync()
          .toCompletableFuture()
          .thenCompose(refreshed -> cluster.connectAsync(StringCodec.ASCII))
          .thenCompose(
              connection -> {
                ClusterSession session = new ClusterSession(connection);
                return session.connectAll().thenApply(connected -> session);
              });
    }
    RedisURI uri = policy.topology() == Topology.SENTINEL ? sentinelUri() : uris().get(0);
    return ((RedisClient) client)
        .connectAsync(StringCodec.ASCII, uri)
        .toCompletableFuture()
        .thenApply(
            connection -> {
              connection.addListener(new OnClosed(onClosed));
              return session(connection, connection.async());
            });
  }

  private static Session session(
      StatefulConnection<String, String> connection,
      RedisScriptingAsyncCommands<String, String> commands) {
    return new Session() {
      @Override
      public RedisScriptingAsyncCommands<String, String> commands() {
        return commands;
      }

      @Override
      public void close() {
        connection.closeAsync();
      }
    };
  }

  /**
   * A connection to each node that has slots. They are opened ahead: Lettuce would open one when
   * the first command comes for it, and refuse that command, as it refuses all that are not
   * connected.
   */
  private record ClusterSession(StatefulRedisClusterConnection<String, String> connection)
      implements Session {

    @Override
    public RedisScriptingAsyncCommands<String, String> commands() {
      return connection.async();
    }

    @Override
    public void tend() {
      var unused = connectAll();
    }

    /** Ends well in any case: a node that is gone must not keep us from the others. */
    CompletableFuture<Void> connectAll() {
      List<CompletableFuture<?>> openings = new ArrayList<>();
      for (RedisClusterNode node : connection.getPartitions()) {
        if (node.is(NodeFlag.UPSTREAM) && !node.hasNoSlots()) {
          RedisURI uri = node.getUri();
          openings.add(
              connection
                  .getConnectionAsync(uri.getHost(), uri.getPort(), ConnectionIntent.WRITE)
                  .handle((opened, error) -> null));
        }
      }
      return CompletableFuture.allOf(openings.toArray(CompletableFuture<?>[]::new));
    }

    @Override
    public void close() {
      connection.closeAsync();
    }
  }

  /** Ends the client and its connections. */
  CompletableFuture<Void> close() {
    return client
        .shutdownAsync(0, 1, TimeUnit.SECONDS)
        .whenComplete((none, error) -> resources.shutdown(0, 0, TimeUnit.SECONDS));
  }

  private record OnClosed(Runnable action) implements RedisConnectionStateListener {

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
      action.run();
    }
  }
}
