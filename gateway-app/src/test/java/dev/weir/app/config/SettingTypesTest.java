package dev.weir.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Authority;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kinds of single values, by themselves. */
class SettingTypesTest {

  @Test
  void sizes() {
    assertThat(ByteSize.parse("0")).isEqualTo(new ByteSize(0));
    assertThat(ByteSize.parse("512")).isEqualTo(new ByteSize(512));
    assertThat(ByteSize.parse("64KiB")).isEqualTo(new ByteSize(65_536));
    assertThat(ByteSize.parse("10MiB")).isEqualTo(new ByteSize(10_485_760));
    assertThat(ByteSize.parse("1GiB")).isEqualTo(new ByteSize(1_073_741_824));
    assertThat(ByteSize.parse("8589934591GiB")).isEqualTo(new ByteSize(8_589_934_591L << 30));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "KiB",
        "-1",
        "1.5MiB",
        "1 KiB",
        "1kib",
        "1KB",
        "1K",
        "0x10",
        "8589934592GiB",
        "9999999999999999999",
        "1KiB\n",
        "\u0661"
      })
  void noSizes(String text) {
    assertThat(ByteSize.parse(text)).isNull();
  }

  @Property
  void percentages(@ForAll @IntRange(max = 100) int value) {
    assertThat(Percent.parse(value + "%")).isEqualTo(new Percent(value)).hasToString(value + "%");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "%", "5", "101%", "-1%", "5.5%", "0.5", "5 %", "1000%", "\u0665%"})
  void noPercentages(String text) {
    assertThat(Percent.parse(text)).isNull();
  }

  @Test
  void listenAddresses() {
    assertThat(ListenAddress.parse("127.0.0.1:8080"))
        .isEqualTo(new ListenAddress("127.0.0.1", 8080))
        .hasToString("127.0.0.1:8080");
    assertThat(ListenAddress.parse("0.0.0.0:0")).isEqualTo(new ListenAddress("0.0.0.0", 0));
    assertThat(ListenAddress.parse("[::1]:65535")).isEqualTo(new ListenAddress("[::1]", 65_535));
    assertThat(ListenAddress.parse("LocalHost:1")).isEqualTo(new ListenAddress("localhost", 1));
    assertThat(new ListenAddress("[::1]", 1).bindHost()).isEqualTo("::1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "8080",
        ":8080",
        "localhost",
        "localhost:",
        "localhost:65536",
        "a:-1",
        "a:1:2",
        "::1:80",
        "[::1]",
        "[::1:80",
        "256.0.0.1:80",
        "1.2.3:80",
        "a b:80",
        "http://a:80",
        "*:80",
        "a:\u0661"
      })
  void noListenAddresses(String text) {
    assertThat(ListenAddress.parse(text)).isNull();
  }

  @Test
  void loopbackAddresses() {
    assertThat(new ListenAddress("127.0.0.1", 1).isLoopback()).isTrue();
    assertThat(new ListenAddress("127.255.0.9", 1).isLoopback()).isTrue();
    assertThat(new ListenAddress("[::1]", 1).isLoopback()).isTrue();
    assertThat(new ListenAddress("[::ffff:127.0.0.1]", 1).isLoopback()).isTrue();
    assertThat(new ListenAddress("localhost", 1).isLoopback()).isTrue();
    assertThat(new ListenAddress("0.0.0.0", 1).isLoopback()).isFalse();
    assertThat(new ListenAddress("[::]", 1).isLoopback()).isFalse();
    assertThat(new ListenAddress("10.0.0.1", 1).isLoopback()).isFalse();
    assertThat(new ListenAddress("localhost.example", 1).isLoopback()).isFalse();
  }

  @Test
  void endpoints() {
    assertThat(EndpointUrl.parse("http://10.0.0.7:8080"))
        .isEqualTo(new EndpointUrl("http", Authority.parse("10.0.0.7:8080")))
        .hasToString("http://10.0.0.7:8080");
    assertThat(EndpointUrl.parse("HTTPS://Orders.Internal./"))
        .isEqualTo(new EndpointUrl("https", Authority.parse("orders.internal")));
    assertThat(EndpointUrl.parse("http://[fd00::1]:80")).hasToString("http://[fd00::1]:80");
    assertThat(new EndpointUrl("https", Authority.parse("a")).endpoint().port()).isEqualTo(443);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a:80",
        "http://",
        "http:///",
        "ftp://a",
        "http://a/b",
        "http://a//",
        "http://a?b",
        "http://a#b",
        "http://u:p@a",
        "http://a:0",
        "http://a:65536",
        "http://1.2.3",
        "http://a b",
        "http:/a",
        "unix:/a"
      })
  void noEndpoints(String text) {
    assertThat(EndpointUrl.parse(text)).isNull();
  }

  @Test
  void hosts() {
    assertThat(HostPattern.parse("API.Example.com.")).isEqualTo(new HostPattern("api.example.com"));
    assertThat(HostPattern.parse("*.Example.com")).isEqualTo(new HostPattern("*.example.com"));
    assertThat(HostPattern.parse("[::1]")).isEqualTo(new HostPattern("[::1]"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*", "*.", "a.*", "*a.b", "*.*.a", "a:80", "http://a", "1.2.3", ".a"})
  void noHosts(String text) {
    assertThat(HostPattern.parse(text)).isNull();
  }

  @Test
  void destinations() {
    assertThat(LogDestination.parse("stdout")).isEqualTo(new LogDestination.Stdout());
    assertThat(LogDestination.parse("stderr")).isEqualTo(new LogDestination.Stderr());
    assertThat(LogDestination.parse("none")).isEqualTo(new LogDestination.None());
    assertThat(LogDestination.parse("/a")).isEqualTo(new LogDestination.File(Path.of("/a")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Stdout", "log", "logs/", "/", "a/\0"})
  void noDestinations(String text) {
    assertThat(LogDestination.parse(text)).isNull();
  }
}
