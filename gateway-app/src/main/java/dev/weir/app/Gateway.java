package dev.weir.app;

import java.net.InetSocketAddress;
import java.util.List;

/** A gateway that runs. */
public final class Gateway {

  private final InetSocketAddress address;
  private final InetSocketAddress adminAddress;
  private final Shutdown shutdown;

  Gateway(InetSocketAddress address, InetSocketAddress adminAddress, Shutdown shutdown) {
    this.address = address;
    this.adminAddress = adminAddress;
    this.shutdown = shutdown;
  }

  /** Where clients connect. */
  public InetSocketAddress address() {
    return address;
  }

  /** Where those who run it connect. */
  public InetSocketAddress adminAddress() {
    return adminAddress;
  }

  /**
   * Lets requests end, and ends; blocks for as long as that takes, within the limits of the
   * configuration.
   *
   * @return what failed on the way
   */
  public List<String> stop() {
    return shutdown.run();
  }
}
