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

  /** CRC-16/XMODEM, as the cluster's specification has it; of a key that is all tag. */
  int slot(String tag) {
    int crc = 0;
    for (char c : tag.substring(1, tag.length() - 1).toCharArray()) {
      crc ^= c << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) == 0 ? crc << 1 : crc << 1 ^ 0x1021;
      }
      crc &= 0xFFFF;
    }
    return crc % SLOTS;
  }

  /** How often a node has said that a key is elsewhere. */
  int redirections() {
    int sum = 0;
    for (RedisServer node : nodes) {
      for (String line : ((String) node.command("INFO", "errorstats")).split("\r\n")) {
        if (line.startsWith("errorstat_MOVED") || line.startsWith("errorstat_ASK")) {
          sum += Integer.parseInt(line.substring(line.indexOf('=') + 1));
        }
      }
    }
    return sum;
  }

  /** The node that has a slot, as long as none has moved. */
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
