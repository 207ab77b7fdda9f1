package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The spellings of an address. */
class IpAddressTest {

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "1.2.3.4", "10.0.0.7", "127.0.0.1", "255.255.255.255"})
  void readsFourDecimalNumbers(String text) {
    IpAddress address = IpAddress.parse(text);

    assertThat(address).hasToString(text);
    assertThat(address.isIpv4()).isTrue();
    assertThat(address.bits()).isEqualTo(32);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0177.0.0.1",
        "01.2.3.4",
        "1.2.3.04",
        "00.0.0.0",
        "1.2.3",
        "1.2.3.",
        ".1.2.3.4",
        "1..3.4",
        "1.2.3.4.",
        "1.2.3.4.5",
        "1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "256.1.1.1",
        "1.2.3.256",
        "1.2.3.999",
        "1.2.3.0004",
        "1.2.3.4294967297",
        "-1.2.3.4",
        "+1.2.3.4",
        "1.2.3.4 ",
        " 1.2.3.4",
        "1.2.3.a",
        "1.2.3.4/8",
        "1.2.3.\u0664",
        "\uff11.2.3.4",
        "1\u30022.3.4",
        "",
        ".",
        "unknown",
        "localhost",
        "_hidden",
      })
  void refusesOtherSpellingsOfIpv4(String text) {
    assertThat(IpAddress.parse(text)).isNull();
  }

  /** RFC 5952 §4. */
  @ParameterizedTest
  @CsvSource({
    "::, ::",
    "::1, ::1",
    "1::, 1::",
    "0:0:0:0:0:0:0:0, ::",
    "2001:0db8::0001, 2001:db8::1",
    "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:db8::1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "0:0:1:2:3:4:0:0, ::1:2:3:4:0:0",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
    "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
    "2001:DB8::ABCD, 2001:db8::abcd",
    "::1.2.3.4, ::102:304",
    "64:ff9b::1.2.3.4, 64:ff9b::102:304",
    "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304",
    "::ffff:0:1.2.3.4, ::ffff:0:102:304",
  })
  void readsIpv6AndSpellsItInOneWay(String text, String canonical) {
    IpAddress address = IpAddress.parse(text);

    assertThat(address).hasToString(canonical);
    assertThat(address.isIpv4()).isFalse();
    assertThat(address.bits()).isEqualTo(128);
    assertThat(IpAddress.parse(canonical)).isEqualTo(address).hasSameHashCodeAs(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":",
        ":::",
        "1:",
        ":1",
        "1:::2",
        "1::2::3",
        "::1::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1:2:3:4::5:6:7:8",
        "1:2:3:4:5:6:7:",
        ":2:3:4:5:6:7:8",
        "12345::",
        "00001::",
        "::g",
        "::-1",
        "::+1",
        ":: 1",
        "::1 ",
        "::1%eth0",
        "::1%1",
        "fe80::1%25eth0",
        "::1/64",
        "[::1]",
        "::\uff11",
        "::\u0661",
        "::1.2.3",
        "::1.2.3.4.5",
        "::01.2.3.4",
        "::1.2.3.256",
        "::1.2.3.4:5",
        "1.2.3.4::",
        "1:2:3:4:5:6:7:1.2.3.4",
        "1:2:3:4:5:6::1.2.3.4",
        "1:2:3:4:5:1.2.3.4",
        "::ab.2.3.4",
        "::.2.3.4",
        "::ffff:0177.0.0.1",
        "::ffff:1.2.3",
        "::0x1",
      })
  void refusesOtherSpellingsOfIpv6(String text) {
    assertThat(IpAddress.parse(text)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "::ffff:10.0.0.7",
        "::FFFF:a00:7",
        "0:0:0:0:0:ffff:0a00:0007",
        "0:0::ffff:10.0.0.7"
      })
  void takesIpv4InsideIpv6ForIpv4(String text) {
    assertThat(IpAddress.parse(text)).isEqualTo(IpAddress.parse("10.0.0.7"));
  }

  @Test
  void takesConnectionsFromBothFamilies() throws UnknownHostException {
    byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, 7};

    assertThat(IpAddress.of(InetAddress.getByAddress(new byte[] {10, 0, 0, 7})))
        .hasToString("10.0.0.7");
    assertThat(IpAddress.of(InetAddress.getByAddress(mapped))).hasToString("10.0.0.7");
    assertThat(IpAddress.of(InetAddress.getByAddress(new byte[16]))).hasToString("::");
  }

  @Test
  void tellsTheFamiliesApart() {
    assertThat(IpAddress.parse("::1.2.3.4")).isNotEqualTo(IpAddress.parse("1.2.3.4"));
    assertThat(IpAddress.parse("::")).isNotEqualTo(IpAddress.parse("0.0.0.0"));
    assertThat(IpAddress.parse("::")).isNotEqualTo("::");
  }
}
