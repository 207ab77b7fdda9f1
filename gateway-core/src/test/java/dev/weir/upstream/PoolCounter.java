package dev.weir.upstream;

import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import reactor.netty.resources.ConnectionPoolMetrics;
import reactor.netty.resources.ConnectionProvider;

/** Sums up what Reactor Netty's pools say of themselves: one for each endpoint and event loop. */
final class PoolCounter implements ConnectionProvider.MeterRegistrar {

  private final Map<ConnectionPoolMetrics, Boolean> pools = new ConcurrentHashMap<>();

  @Override
  public void registerMetrics(
      String poolName, String id, SocketAddress remoteAddress, ConnectionPoolMetrics metrics) {
    pools.put(metrics, true);
  }

  Connector.Connections connections() {
    int active = 0;
    int idle = 0;
    for (ConnectionPoolMetrics pool : pools.keySet()) {
      active += pool.acquiredSize();
      idle += pool.idleSize();
    }
    return new Connector.Connections(active, idle, active, 0);
  }
}
