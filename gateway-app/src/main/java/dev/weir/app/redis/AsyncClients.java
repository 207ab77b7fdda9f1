package dev.weir.app.redis;

import io.lettuce.core.RedisChannelWriter;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StatefulRedisConnectionImpl;
import io.lettuce.core.cluster.ClusterPushHandler;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.StatefulRedisClusterConnectionImpl;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.json.JsonParser;
import io.lettuce.core.protocol.PushHandler;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.sentinel.StatefulRedisSentinelConnectionImpl;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.NullUnmarked;

/**
 * Lettuce's clients, whose connections have no synchronous view of themselves: nobody here waits,
 * and making that view takes a lock that all connections of the process share, on an event loop.
 */
@NullUnmarked
final class AsyncClients {

  private AsyncClients() {}

  /** For a single server, which may be found by sentinels. */
  static RedisClient single(ClientResources resources) {
    return new Single(resources);
  }

  static RedisClusterClient cluster(ClientResources resources, List<RedisURI> nodes) {
    return new Cluster(resources, nodes);
  }

  private static final class Single extends RedisClient {

    Single(ClientResources resources) {
      super(resources, new RedisURI());
    }

    @Override
    protected <K, V> StatefulRedisConnectionImpl<K, V> newStatefulRedisConnection(
        RedisChannelWriter writer, PushHandler pushed, RedisCodec<K, V> codec, Duration timeout) {
      return new Connection<>(writer, pushed, codec, timeout, getOptions().getJsonParser());
    }

    @Override
    protected <K, V> StatefulRedisSentinelConnectionImpl<K, V> newStatefulRedisSentinelConnection(
        RedisChannelWriter writer, RedisCodec<K, V> codec, Duration timeout) {
      return new Sentinel<>(writer, codec, timeout, getOptions().getJsonParser());
    }
  }

  private static final class Cluster extends RedisClusterClient {

    Cluster(ClientResources resources, List<RedisURI> nodes) {
      super(resources, nodes);
    }

    @Override
    protected <K, V> StatefulRedisConnectionImpl<K, V> newStatefulRedisConnection(
        RedisChannelWriter writer,
        PushHandler pushed,
        RedisCodec<K, V> codec,
        Duration timeout,
        Supplier<JsonParser> parser) {
      return new Connection<>(writer, pushed, codec, timeout, parser);
    }

    @Override
    protected <V, K> StatefulRedisClusterConnectionImpl<K, V> newStatefulRedisClusterConnection(
        RedisChannelWriter writer,
        ClusterPushHandler pushed,
        RedisCodec<K, V> codec,
        Duration timeout,
        Supplier<JsonParser> parser) {
      return new ClusterConnection<>(writer, pushed, codec, timeout, parser);
    }
  }

  private static final class Connection<K, V> extends StatefulRedisConnectionImpl<K, V> {

    Connection(
        RedisChannelWriter writer,
        PushHandler pushed,
        RedisCodec<K, V> codec,
        Duration timeout,
        Supplier<JsonParser> parser) {
      super(writer, pushed, codec, timeout, parser);
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals")
    protected <T> T syncHandler(Object async, Class<?>... views) {
      return null;
    }
  }

  private static final class Sentinel<K, V> extends StatefulRedisSentinelConnectionImpl<K, V> {

    Sentinel(
        RedisChannelWriter writer,
        RedisCodec<K, V> codec,
        Duration timeout,
        Supplier<JsonParser> parser) {
      super(writer, codec, timeout, parser);
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals")
    protected <T> T syncHandler(Object async, Class<?>... views) {
      return null;
    }
  }

  private static final class ClusterConnection<K, V>
      extends StatefulRedisClusterConnectionImpl<K, V> {

    ClusterConnection(
        RedisChannelWriter writer,
        ClusterPushHandler pushed,
        RedisCodec<K, V> codec,
        Duration timeout,
        Supplier<JsonParser> parser) {
      super(writer, pushed, codec, timeout, parser);
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals")
    protected <T> T clusterSyncHandler(Class<?>... views) {
      return null;
    }
  }
}
