package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proxies at 10.0.0.0/8 and fd00::/8 are trusted; everybody else is not. */
class TrustedProxiesTest {

  private static final Authority HOST = Authority.parse("own.example");
  private static final IpAddress PROXY = IpAddress.parse("10.0.0.1");

  private final TrustedProxies trusted =
      new TrustedProxies(List.of(IpRange.parse("10.0.0.0/8"), IpRange.parse("fd00::/8")));
  private final HttpHeaders headers = Fields.create();

  private Client client(String peer) {
    return trusted.client(IpAddress.parse(peer), headers, HOST, "http", HttpVersion.HTTP_1_1);
  }

  private String address(String... forwardedFor) {
    headers.set(Fields.X_FORWARDED_FOR, List.of(forwardedFor));
    return client("10.0.0.1").address().toString();
  }

  @Test
  void believesNothingThatAStrangerSays() {
    headers
        .set(Fields.X_FORWARDED_FOR, "1.2.3.4")
        .set(Fields.X_FORWARDED_PROTO, "https")
        .set(Fields.X_FORWARDED_HOST, "evil.example");

    assertThat(client("203.0.113.9"))
        .isEqualTo(
            new Client(
                IpAddress.parse("203.0.113.9"),
                IpAddress.parse("203.0.113.9"),
                "http",
                HOST,
                false,
                HttpVersion.HTTP_1_1));
  }

  @Test
  void believesNobodyIfNobodyIsTrusted() {
    headers.set(Fields.X_FORWARDED_FOR, "1.2.3.4");

    Client client =
        new TrustedProxies(List.of()).client(PROXY, headers, HOST, "https", HttpVersion.HTTP_1_0);

    assertThat(client.address()).isEqualTo(PROXY);
    assertThat(client.isPeerTrusted()).isFalse();
    assertThat(client.scheme()).isEqualTo("https");
  }

  @Test
  void takesATrustedPeerForTheClientIfItSaysNothing() {
    Client client = client("10.0.0.1");

    assertThat(client.address()).isEqualTo(PROXY);
    assertThat(client.peer()).isEqualTo(PROXY);
    assertThat(client.isPeerTrusted()).isTrue();
    assertThat(client.scheme()).isEqualTo("http");
    assertThat(client.host()).isEqualTo(HOST);
  }

  @Test
  void walksFromTheRightToTheFirstStranger() {
    assertThat(address("203.0.113.9")).isEqualTo("203.0.113.9");
    assertThat(address("1.2.3.4, 203.0.113.9")).isEqualTo("203.0.113.9");
    assertThat(address("1.2.3.4, 203.0.113.9, 10.0.0.3, 10.0.0.2")).isEqualTo("203.0.113.9");
    assertThat(address("10.9.9.9, 203.0.113.9, 10.0.0.2")).isEqualTo("203.0.113.9");
  }

  @Test
  void takesTheFarthestProxyIfAllAreTrusted() {
    assertThat(address("10.0.0.3, 10.0.0.2")).isEqualTo("10.0.0.3");
  }

  @Test
  void joinsSeveralFieldLines() {
    assertThat(address("1.2.3.4, 203.0.113.9", "10.0.0.3", "fd00::1,10.0.0.2"))
        .isEqualTo("203.0.113.9");
    assertThat(address("203.0.113.9", "10.0.0.2")).isEqualTo("203.0.113.9");
    assertThat(address("1.2.3.4", "203.0.113.9")).isEqualTo("203.0.113.9");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "203.0.113.9:80 | 203.0.113.9",
        "[2001:db8::1]:99 | 2001:db8::1",
        "[2001:DB8:0::1] | 2001:db8::1",
        "2001:db8::1 | 2001:db8::1",
        "::1 | ::1",
        "::ffff:203.0.113.9 | 203.0.113.9",
        "[::ffff:203.0.113.9]:80 | 203.0.113.9",
        "' \t203.0.113.9\t ' | 203.0.113.9",
        "203.0.113.9:65535 | 203.0.113.9",
      })
  void givesOneClientOneForm(String element, String canonical) {
    assertThat(address(element)).isEqualTo(canonical);
    assertThat(address("1.2.3.4," + element + ",10.0.0.2")).isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "unknown",
        "_hidden",
        "localhost",
        "client.example",
        "0177.0.0.1",
        "1.2.3",
        "0x7f.1",
        "2130706433",
        "1.2.3.4.5",
        "\"1.2.3.4\"",
        "for=1.2.3.4",
        "1.2.3.4;",
        "1.2.3.4 5.6.7.8",
        "1.2.3.4:",
        "1.2.3.4:x",
        "1.2.3.4:-1",
        "1.2.3.4:123456",
        "1.2.3.4:80:80",
        "1.2.3.4:\u0663",
        ":80",
        "[",
        "[]",
        "[::1",
        "[::1]x",
        "[::1]:",
        "[::1]:x",
        "[::1]80",
        "[1.2.3.4]",
        "::1]",
        "fe80::1%eth0",
        "[::1]:99999999999",
      })
  void stopsAtWhatIsNoAddress(String element) {
    assertThat(address("1.2.3.4, " + element)).isEqualTo("10.0.0.1");
    assertThat(address("1.2.3.4, " + element + ", 10.0.0.2")).isEqualTo("10.0.0.2");
    assertThat(address("1.2.3.4", element, "10.0.0.2")).isEqualTo("10.0.0.2");
    assertThat(address(element)).isEqualTo("10.0.0.1");
  }

  @Test
  void looksNoFartherThan32Hops() {
    assertThat(address("203.0.113.9" + ",10.0.0.2".repeat(31))).isEqualTo("203.0.113.9");
    assertThat(address("203.0.113.9" + ",10.0.0.2".repeat(32))).isEqualTo("10.0.0.2");
    assertThat(address("203.0.113.9" + ",10.0.0.2".repeat(10_000))).isEqualTo("10.0.0.2");
    headers.set(
        Fields.X_FORWARDED_FOR,
        Stream.concat(Stream.of("203.0.113.9"), Collections.nCopies(1000, "10.0.0.2").stream())
            .toList());
    assertThat(client("10.0.0.1").address()).hasToString("10.0.0.2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https", "HTTPS", " https ", "http, https", "javascript,https"})
  void takesTheSchemeThatTheNearestProxySaw(String proto) {
    headers.set(Fields.X_FORWARDED_PROTO, proto);

    assertThat(client("10.0.0.1").scheme()).isEqualTo("https");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "javascript",
        "",
        "https,",
        "https;",
        "ws",
        "https, ftp",
        "http s",
        "http\u017f",
        "\"https\""
      })
  void keepsItsOwnSchemeIfThereIsNoOther(String proto) {
    headers.set(Fields.X_FORWARDED_PROTO, proto);

    assertThat(client("10.0.0.1").scheme()).isEqualTo("http");
  }

  @Test
  void takesHostAndSchemeOfTheLastFieldLine() {
    headers.set(Fields.X_FORWARDED_PROTO, List.of("http", "https"));
    headers.set(Fields.X_FORWARDED_HOST, List.of("evil.example", "a.example, B.example.:8080"));

    Client client = client("10.0.0.1");

    assertThat(client.scheme()).isEqualTo("https");
    assertThat(client.host()).hasToString("b.example:8080");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a/b", "u@a", "a,", "a:99999", "a:0", "[::1", "b\u00fccher"})
  void keepsItsOwnHostIfThereIsNoOther(String host) {
    headers.set(Fields.X_FORWARDED_HOST, host);

    assertThat(client("10.0.0.1").host()).isEqualTo(HOST);
  }

  @Test
  void doesNotReadAPortApart() {
    headers.set(Fields.X_FORWARDED_PORT, "99999999999");

    assertThat(client("10.0.0.1").host()).isEqualTo(HOST);
  }

  @Provide
  Arbitrary<List<List<String>>> chains() {
    return Arbitraries.of(
            "10.0.0.2",
            "10.0.0.3:80",
            "fd00::1",
            "[fd00::2]:1",
            "203.0.113.9",
            "2001:db8::1",
            "unknown",
            "",
            "10.0.0.4 ",
            "::ffff:10.0.0.5",
            "01.2.3.4")
        .list()
        .ofMinSize(1)
        .ofMaxSize(12)
        .list()
        .ofMaxSize(4);
  }

  /** Whatever a stranger sends: what our own proxies have appended behind it decides. */
  @Property(tries = 2000)
  void isNotMovedByWhatStandsFartherLeft(@ForAll("chains") List<List<String>> written) {
    List<String> lines = new ArrayList<>();
    written.forEach(line -> lines.add(String.join(",", line)));
    lines.add("198.51.100.7, 10.0.0.2");
    headers.set(Fields.X_FORWARDED_FOR, lines);

    assertThat(client("10.0.0.1").address()).hasToString("198.51.100.7");
  }

  /** Against the walk over one flat list. */
  @Property(tries = 2000)
  void agreesWithTheModel(@ForAll("chains") List<List<String>> written) {
    List<String> lines = new ArrayList<>();
    List<String> all = new ArrayList<>();
    written.forEach(line -> lines.add(String.join(", ", line)));
    written.forEach(all::addAll);
    headers.set(Fields.X_FORWARDED_FOR, lines);

    assertThat(client("10.0.0.1").address()).isEqualTo(model(all));
  }

  private IpAddress model(List<String> chain) {
    IpAddress client = PROXY;
    for (int i = 0; i < Math.min(32, chain.size()); i++) {
      String element = chain.get(chain.size() - 1 - i).trim();
      IpAddress earlier =
          IpAddress.parse(element.replaceAll("^\\[(.*)]:1$|^(.*[.].*):80$", "$1$2"));
      if (earlier == null) {
        return client;
      }
      client = earlier;
      if (!client(client.toString()).isPeerTrusted()) {
        return client;
      }
    }
    return client;
  }
}
