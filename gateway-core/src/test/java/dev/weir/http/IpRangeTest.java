package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks of addresses. */
class IpRangeTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0/8",
    "0.0.0.0/0, 0.0.0.0/0",
    "10.0.0.7, 10.0.0.7/32",
    "10.0.0.7/32, 10.0.0.7/32",
    "::/0, ::/0",
    "fd00::/8, fd00::/8",
    "FD00:0::/8, fd00::/8",
    "::1, ::1/128",
    "::ffff:10.0.0.7, 10.0.0.7/32",
  })
  void readsABlockOrOneAddress(String text, String canonical) {
    assertThat(IpRange.parse(text)).hasToString(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/08",
        "10.0.0.0/8 ",
        "10.0.0.0/ 8",
        "10.0.0.0/8/8",
        "10.0.0.0/255.0.0.0",
        "10.0.0.0/4294967304",
        "10.0.0.0/\u0668",
        "10.0.0.1/8",
        "10/8",
        "10.0.0/8",
        "::/129",
        "::1/64",
        "fd00::/1000",
        "::ffff:10.0.0.0/104",
        "fe80::1%eth0/64",
        "localhost",
      })
  void refusesWhatIsNoBlock(String text) {
    assertThat(IpRange.parse(text)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.0.0.0/8, 9.255.255.255, false",
    "10.0.0.0/8, ::ffff:10.1.2.3, true",
    "10.0.0.0/8, ::10.1.2.3, false",
    "0.0.0.0/0, 255.255.255.255, true",
    "0.0.0.0/0, ::, false",
    "::/0, 1.2.3.4, false",
    "::/0, ::ffff:1.2.3.4, false",
    "fd00::/8, fdff::1, true",
    "fd00::/8, fe00::, false",
    "2001:db8::/32, 2001:db8:ffff::, true",
    "2001:db8:0:1::/64, 2001:db8:0:1:ffff:ffff:ffff:ffff, true",
    "2001:db8:0:1::/64, 2001:db8:0:2::, false",
    "2001:db8::8/125, 2001:db8::f, true",
    "2001:db8::8/125, 2001:db8::10, false",
    "::1/128, ::1, true",
    "::1/128, ::2, false",
  })
  void containsWhatSharesItsPrefix(String range, String address, boolean isInside) {
    assertThat(IpRange.parse(range).contains(IpAddress.parse(address))).isEqualTo(isInside);
  }

  @Test
  void comparesAsWhatItHolds() {
    assertThat(IpRange.parse("::ffff:10.0.0.7")).isEqualTo(IpRange.parse("10.0.0.7/32"));
  }

  @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
  void containsTheNumbersBetweenItsEnds(
      @ForAll @Size(16) byte[] start,
      @ForAll @Size(16) byte[] other,
      @ForAll boolean isIpv4,
      @ForAll @IntRange(max = 128) int anyPrefix,
      @ForAll @IntRange(max = 128) int sharedBits) {
    int bits = isIpv4 ? 32 : 128;
    int prefix = Math.min(anyPrefix, bits);
    BigInteger size = BigInteger.ONE.shiftLeft(bits - prefix);
    BigInteger near = BigInteger.ONE.shiftLeft(Math.max(0, bits - sharedBits));
    BigInteger first = number(start, bits).divide(size).multiply(size);
    BigInteger asked = number(start, bits).divide(near).multiply(near);
    asked = asked.add(number(other, bits).mod(near));

    IpRange range = IpRange.parse(text(first, bits) + "/" + prefix);

    assertThat(range.contains(IpAddress.parse(text(asked, bits))))
        .isEqualTo(asked.compareTo(first) >= 0 && asked.compareTo(first.add(size)) < 0);
  }

  private static BigInteger number(byte[] bytes, int bits) {
    BigInteger all = new BigInteger(1, bytes).mod(BigInteger.ONE.shiftLeft(bits));
    // Not inside ::ffff:0:0/96, which is no IPv6.
    return bits == 32 ? all : all.setBit(126);
  }

  private static String text(BigInteger number, int bits) {
    byte[] bytes = new byte[bits / 8];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = number.shiftRight(bits - 8 - 8 * i).byteValue();
    }
    try {
      return InetAddress.getByAddress(bytes).getHostAddress();
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
