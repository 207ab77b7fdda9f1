package dev.weir.app.server;

import dev.weir.http.IpAddress;
import dev.weir.http.TrustedProxies;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many connections each address has; of IPv6 each /64, which is what one client is given (RFC
 * 6177 §2). Holds no more addresses than there are connections.
 */
final class PerAddress {

  private final int max;
  private final TrustedProxies trustedProxies;
  private final ConcurrentHashMap<IpAddress, Integer> open = new ConcurrentHashMap<>();

  PerAddress(int max, TrustedProxies trustedProxies) {
    this.max = max;
    this.trustedProxies = trustedProxies;
  }

  /** Whether there is room for one more from there. */
  boolean tryOpen(IpAddress peer) {
    if (trustedProxies.isTrusted(peer)) {
      return true;
    }
    int now = open.merge(network(peer), 1, Integer::sum);
    if (now > max) {
      closed(peer);
    }
    return now <= max;
  }

  /** One that was let in is closed. */
  void closed(IpAddress peer) {
    if (!trustedProxies.isTrusted(peer)) {
      Integer unused =
          open.computeIfPresent(network(peer), (address, count) -> count == 1 ? null : count - 1);
    }
  }

  private static IpAddress network(IpAddress peer) {
    return peer.isIpv4() ? peer : peer.masked(64);
  }
}
