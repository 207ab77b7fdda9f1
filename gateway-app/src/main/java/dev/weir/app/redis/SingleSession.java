package dev.weir.app.redis;

import dev.weir.app.redis.LettuceClient.Session;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A connection to the one server that has all keys. */
record SingleSession(StatefulRedisConnection<String, String> connection) implements Session {

  private static final String ONE = "redis";

  @Override
  public RedisScriptingAsyncCommands<String, String> commands() {
    return connection.async();
  }

  @Override
  public Collection<String> shards() {
    return List.of(ONE);
  }

  @Override
  public String shardOf(String key) {
    return ONE;
  }

  @Override
  public CompletableFuture<?> open(String shard) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void cut(String shard) {
    close();
  }

  @Override
  public void close() {
    connection.closeAsync();
  }
}
