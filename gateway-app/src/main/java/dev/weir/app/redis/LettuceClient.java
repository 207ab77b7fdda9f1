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
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.Collection;
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
            .nettyCustomizer(new Handlers(policy))
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .reconnectDelay(
                Delay.fullJitter(MIN_DELAY, policy.maxReconnectDelay(), 2, TimeUnit.MILLISECONDS))
            .build();
    this.client = policy.topology() == Topology.CLUSTER ? cluster() : single();
  }

  /** An open connection. */
  interface Session {

    RedisScriptingAsyncCommands<String, String> commands();

    /** The servers that have keys, each by a name that it keeps. */
    Collection<String> shards();

    /** Which of them has that key; empty if none is known. */
    String shardOf(String key);

    /** Opens the connection to one of them, if it is not open; ends with any error. */
    CompletableFuture<?> open(String shard);

    /** Closes the connection to one of them; another is opened. */
    void cut(String shard);

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
                .build());
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
          .thenApply(ClusterSession::new);
    }
    RedisURI uri = policy.topology() == Topology.SENTINEL ? sentinelUri() : uris().get(0);
    return ((RedisClient) client)
        .connectAsync(StringCodec.ASCII, uri)
        .toCompletableFuture()
        .thenApply(
            connection -> {
              connection.addListener(new OnClosed(onClosed));
              return new SingleSession(connection);
            });
  }

  /** Ends the client and its connections. */
  CompletableFuture<Void> close() {
    return client
        .shutdownAsync(0, 1, TimeUnit.SECONDS)
        .whenComplete((none, error) -> resources.shutdown(0, 0, TimeUnit.SECONDS));
  }

  /**
   * TLS, and above it what writes the requests of one turn of the loop in one go: a system call for
   * each command would cost more than the decision.
   */
  private record Handlers(RedisPolicy policy) implements NettyCustomizer {

    private static final int FLUSH_AT_MOST = 64;

    @Override
    public void afterChannelInitialized(Channel channel) {
      channel.pipeline().addFirst(new FlushConsolidationHandler(FLUSH_AT_MOST, true));
      SslContext tls = policy.tls();
      if (tls != null) {
        channel.pipeline().addFirst(new TlsOnConnect(tls, policy.connectTimeout()));
      }
    }
  }

  private record OnClosed(Runnable action) implements RedisConnectionStateListener {

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
      action.run();
    }
  }
}
