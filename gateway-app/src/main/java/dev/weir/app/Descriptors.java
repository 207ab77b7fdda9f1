package dev.weir.app;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.weir.app.config.Settings;
import dev.weir.app.config.UpstreamSettings;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * File descriptors: how many this process may have, and who is to have them.
 *
 * @param max of the process; {@code ulimit -n}
 * @param others that are open, or will be for files, event loops and the admin listener
 * @param upstreams connections that the upstreams of the settings may open
 * @param clients connections that the listeners of the settings may have
 */
record Descriptors(long max, long others, long upstreams, long clients) {

  /** What is opened after the start besides connections; some of it for a moment. */
  private static final int SPARE = 64;

  /** Looks at the process; blocks. */
  static Descriptors of(Settings settings) {
    long upstreams = 0;
    for (UpstreamSettings upstream : settings.upstreams().values()) {
      upstreams +=
          (long) upstream.endpoints().size() * upstream.connectionPolicy().maxConnections();
    }
    long listeners = settings.tls() == null ? 1 : 2;
    long clients = listeners * settings.limits().connections();
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        && system.getMaxFileDescriptorCount() > 0) {
      long others = Math.max(0, system.getOpenFileDescriptorCount()) + SPARE;
      return new Descriptors(system.getMaxFileDescriptorCount(), others, upstreams, clients);
    }
    return new Descriptors(Long.MAX_VALUE, SPARE, upstreams, clients);
  }

  /**
   * The most clients at a time: all that is left by the others, of which upstreams have what they
   * may, but no more than half.
   */
  int room() {
    long left = Math.max(2, max - others);
    return (int) Math.min(left - Math.min(upstreams, left / 2), Integer.MAX_VALUE);
  }

  /** What to tell whoever starts it; null if there is enough for all. */
  @Nullable String shortage() {
    long wanted = others + upstreams + clients;
    return wanted <= max
        ? null
        : "the limit on open files is "
            + max
            + " (expected: >= "
            + wanted
            + ", for limits.connections and the concurrency of the upstreams); no more than "
            + room()
            + " clients are connected at a time. Raise it by ulimit -n (LimitNOFILE in systemd), or"
            + " lower these";
  }
}
