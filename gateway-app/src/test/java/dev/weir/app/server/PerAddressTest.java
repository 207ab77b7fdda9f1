package dev.weir.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.IpAddress;
import dev.weir.http.IpRange;
import dev.weir.http.TrustedProxies;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** L3: the connections of one address. */
final class PerAddressTest {

  private final PerAddress addresses =
      new PerAddress(
          2, new TrustedProxies(List.of(Objects.requireNonNull(IpRange.parse("10.0.0.0/8")))));

  private boolean open(String address) {
    return addresses.tryOpen(Objects.requireNonNull(IpAddress.parse(address)));
  }

  private void close(String address) {
    addresses.closed(Objects.requireNonNull(IpAddress.parse(address)));
  }

  @Test
  void countsEachAddressForItself() {
    assertThat(open("192.0.2.1")).isTrue();
    assertThat(open("192.0.2.1")).isTrue();
    assertThat(open("192.0.2.1")).isFalse();
    assertThat(open("192.0.2.2")).isTrue();

    close("192.0.2.1");
    assertThat(open("192.0.2.1")).as("room again").isTrue();
    assertThat(open("192.0.2.1")).isFalse();
  }

  @Test
  void takesANetworkOfIpv6ForOneClient() {
    assertThat(open("2001:db8::1")).isTrue();
    assertThat(open("2001:db8::2")).isTrue();
    assertThat(open("2001:db8::ffff:3")).isFalse();
    assertThat(open("2001:db8:0:1::3")).isTrue();
  }

  @Test
  void doesNotCountTrustedProxies() {
    for (int i = 0; i < 10; i++) {
      assertThat(open("10.1.2.3")).isTrue();
    }
  }
}
