package dev.weir.app.config;

import dev.weir.app.config.binding.ScalarType;
import dev.weir.http.Authority;
import dev.weir.http.IpAddress;
import dev.weir.http.IpRange;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where to accept connections: {@code 127.0.0.1:8080}, {@code [::1]:8080}, {@code localhost:8080}.
 *
 * @param host a name, an IPv4 address, or an IPv6 address in brackets
 * @param port 0 to 65535; 0 for any that is free
 */
public record ListenAddress(String host, int port) {

  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
  private static final int MAX_PORT = 65_535;
  private static final IpRange LOOPBACK_IPV4 = range("127.0.0.0/8");
  private static final IpRange LOOPBACK_IPV6 = range("::1");

  static final ScalarType<ListenAddress> TYPE =
      new ScalarType<>(
          ListenAddress.class,
          "address",
          "an address",
          "like 127.0.0.1:8080, [::1]:8080 or localhost:8080",
          "A host or IP address of this machine and a port: `127.0.0.1:8080`, `[::1]:8080`,"
              + " `0.0.0.0:8080` for all of its IPv4 addresses. Port 0 takes any that is free.",
          new ScalarType.Form.Matching("[^/@]+:[0-9]{1,5}"),
          ListenAddress::parse);

  private static IpRange range(String text) {
    return Objects.requireNonNull(IpRange.parse(text));
  }

  /** Null if it is not such an address. */
  public static @Nullable ListenAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0 || !PORT.matcher(text.substring(colon + 1)).matches()) {
      return null;
    }
    Authority host = HostText.parse(text.substring(0, colon));
    int port = Integer.parseInt(text.substring(colon + 1));
    boolean isAddress = host != null && host.port() < 0 && port <= MAX_PORT;
    return isAddress && host != null ? new ListenAddress(host.host(), port) : null;
  }

  /** The host without the brackets of an IPv6 address, as a socket wants it. */
  public String bindHost() {
    return new Authority(host, -1).address();
  }

  /** Whether only this machine can connect to it. */
  public boolean isLoopback() {
    IpAddress address = IpAddress.parse(bindHost());
    return address == null
        ? host.equals("localhost")
        : LOOPBACK_IPV4.contains(address) || LOOPBACK_IPV6.contains(address);
  }

  /** Whether one of the two could not be had while the other is. */
  boolean collidesWith(ListenAddress other) {
    boolean isSamePort = port != 0 && port == other.port;
    return isSamePort && (host.equals(other.host) || includes(other) || other.includes(this));
  }

  /** Whether connections to the other address would come here; of a name, whether they may. */
  private boolean includes(ListenAddress other) {
    IpAddress address = IpAddress.parse(other.bindHost());
    return switch (host) {
      case "[::]" -> true;
      case "0.0.0.0" -> address == null || address.isIpv4();
      case "localhost" -> other.isLoopback();
      default -> false;
    };
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
