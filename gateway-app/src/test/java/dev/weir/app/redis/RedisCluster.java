package dev.weir.app.redis;

import dev.weir.testing.Await;
import java.util.ArrayList;
import java.util.List;

/** Three Redis servers that share the slots of a cluster. */
final class RedisCluster implements AutoCloseable {

  private static final int SLOTS = 16_384;

  private final List<RedisServer> nodes = new ArrayList<>();

  private RedisCluster() {}

  static RedisCluster start() {
    RedisCluster cluster = new RedisCluster();
    for (int i = 0; i < 3; i++) {
      cluster.nodes.add(
          RedisServer.start(
              "--cluster-enabled",
              "yes",
              "--cluster-node-timeout",
              "1500",
              "--cluster-require-full-coverage",
              "no"));
    }
    for (int i = 0; i < 3; i++) {
      RedisServer node = cluster.nodes.get(i);
      node.command("CLUSTER", "SET-CONFIG-EPOCH", "" + (i + 1));
      int first = SLOTS * i / 3;
      node.command("CLUSTER", "ADDSLOTSRANGE", "" + first, "" + (SLOTS * (i + 1) / 3 - 1));
      node.command("CLUSTER", "MEET", "127.0.0.1", "" + cluster.nodes.get(0).port());
    }
    Await.until("a cluster", cluster::isWhole);
    return cluster;
  }

  private boolean isWhole() {
    return nodes.stream()
        .map(node -> (String) node.command("CLUSTER", "INFO"))
        .allMatch(
            info ->
                info.contains("cluster_state:ok")
                    && info.contains("cluster_slots_assigned:" + SLOTS)
                    && info.contains("cluster_known_nodes:3"));
  }

  RedisServer node(int index) {
    return nodes.get(index);
  }

  String addresses() {
    return String.join(", ", nodes.stream().map(node -> '"' + node.address() + '"').toList());
  }

  private String id(int index) {
    return (String) nodes.get(index).command("CLUSTER", "MYID");
  }

  /** The node that has a slot. */
  int ownerOf(int slot) {
    return slot * 3 / SLOTS;
  }

  /** Moves a slot with all that is in it, key by key, as a rebalancing tool would. */
  void move(int slot, int from, int to) {
    RedisServer source = nodes.get(from);
    RedisServer target = nodes.get(to);
    target.command("CLUSTER", "SETSLOT", "" + slot, "IMPORTING", id(from));
    source.command("CLUSTER", "SETSLOT", "" + slot, "MIGRATING", id(to));
    for (List<?> keys = keys(source, slot); !keys.isEmpty(); keys = keys(source, slot)) {
      for (Object key : keys) {
        source.command(
            "MIGRATE", "127.0.0.1", "" + target.port(), (String) key, "0", "5000", "REPLACE");
      }
    }
    target.command("CLUSTER", "SETSLOT", "" + slot, "NODE", id(to));
    source.command("CLUSTER", "SETSLOT", "" + slot, "NODE", id(to));
  }

  private static List<?> keys(RedisServer node, int slot) {
    return (List<?>) node.command("CLUSTER", "GETKEYSINSLOT", "" + slot, "10");
  }

  @Override
  public void close() {
    nodes.forEach(RedisServer::close);
  }
}
