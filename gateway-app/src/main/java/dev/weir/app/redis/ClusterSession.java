package dev.weir.app.redis;

import dev.weir.app.redis.LettuceClient.Session;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag;
import io.lettuce.core.protocol.ConnectionIntent;
import io.lettuce.core.protocol.DefaultEndpoint;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Connections to the nodes of a cluster that have slots, named by the cluster's own ids. They are
 * opened ahead: Lettuce would open one when the first command comes for it, and refuse that
 * command, as it refuses all that are not connected.
 */
record ClusterSession(StatefulRedisClusterConnection<String, String> connection)
    implements Session {

  @Override
  public RedisScriptingAsyncCommands<String, String> commands() {
    return connection.async();
  }

  @Override
  public Collection<String> shards() {
    Set<String> shards = new HashSet<>();
    for (RedisClusterNode node : connection.getPartitions()) {
      if (node.is(NodeFlag.UPSTREAM) && !node.hasNoSlots()) {
        shards.add(node.getNodeId());
      }
    }
    return shards;
  }

  @Override
  public String shardOf(String key) {
    RedisClusterNode node = connection.getPartitions().getMasterBySlot(SlotHash.getSlot(key));
    return node == null ? "" : node.getNodeId();
  }

  @Override
  public CompletableFuture<?> open(String shard) {
    return node(shard);
  }

  private CompletableFuture<StatefulRedisConnection<String, String>> node(String shard) {
    RedisClusterNode node = connection.getPartitions().getPartitionByNodeId(shard);
    if (node == null) {
      return CompletableFuture.failedFuture(new IllegalStateException("it has left the cluster"));
    }
    RedisURI uri = node.getUri();
    return connection.getConnectionAsync(uri.getHost(), uri.getPort(), ConnectionIntent.WRITE);
  }

  /** Lettuce takes it for a loss, and reconnects. */
  @Override
  public void cut(String shard) {
    CompletableFuture<StatefulRedisConnection<String, String>> node = node(shard);
    if (node.isDone()
        && !node.isCompletedExceptionally()
        && node.join() instanceof RedisChannelHandler<?, ?> handler
        && handler.getChannelWriter() instanceof DefaultEndpoint endpoint) {
      endpoint.disconnect();
    }
  }

  @Override
  public void close() {
    connection.closeAsync();
  }
}
