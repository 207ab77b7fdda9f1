package dev.weir.app;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A gateway that runs. */
public final class Gateway {

  private final InetSocketAddress address;
  private final @Nullable InetSocketAddress tlsAddress;
  private final InetSocketAddress adminAddress;
  private final Shutdown shutdown;

  Gateway(
      InetSocketAddress address,
      @Nullable InetSocketAddress tlsAddress,
      InetSocketAddress adminAddress,
      Shutdown shutdown) {
    this.address = address;
    this.tlsAddress = tlsAddress;
    this.adminAddress = adminAddress;
    this.shutdown = shutdown;
  }

  /** Where clients connect. */
  public InetSocketAddress address() {
    return address;
  }

  /** Where clients connect that speak TLS; null if they can't. */
  public @Nullable InetSocketAddress tlsAddress() {
    return tlsAddress;
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
