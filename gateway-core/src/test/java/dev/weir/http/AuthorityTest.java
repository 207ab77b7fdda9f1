package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of a Host field. */
class AuthorityTest {

  @ParameterizedTest
  @CsvSource({
    "a, a, -1",
    "A.EXAMPLE, a.example, -1",
    "a.example., a.example, -1",
    "a.example.:8080, a.example, 8080",
    "a:1, a, 1",
    "a:65535, a, 65535",
    "a:00080, a, 80",
    "xn--bcher-kva.example, xn--bcher-kva.example, -1",
    "a_b-c.1, a_b-c.1, -1",
    "127.0.0.1:80, 127.0.0.1, 80",
    "[::1], [::1], -1",
    "[::1]:99, [::1], 99",
    "[FD00::A]:443, [fd00::a], 443",
  })
  void readsOneCanonicalForm(String text, String host, int port) {
    assertThat(Authority.parse(text)).isEqualTo(new Authority(host, port));
  }

  @ParameterizedTest
  @CsvSource({
    "[0:0:0:0:0:0:0:1], [::1]",
    "[::0001], [::1]",
    "[2001:db8:0:0:1:0:0:1], [2001:db8::1:0:0:1]",
    "[::ffff:10.0.0.7], 10.0.0.7",
    "[::FFFF:0a00:0007], 10.0.0.7",
    "[::1.2.3.4], [::102:304]",
  })
  void givesAnAddressOneSpelling(String text, String host) {
    assertThat(Authority.parse(text).host()).isEqualTo(host);
    assertThat(Authority.parse(text + ":8")).hasToString(host + ":8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a,evil",
        "a, evil",
        "a/evil",
        "a@evil",
        "u:p@evil",
        "a b",
        " a",
        "a ",
        "a?x",
        "a#x",
        "a\\b",
        "a%2eb",
        "a*",
        "*.a",
        "a\u0000",
        "a\tb",
        "b\u00fccher.example",
        "\u017f",
        "\u212a",
        "\uff41",
        ".",
        "..",
        ".a",
        "a..",
        "a..b",
        ".:80",
      })
  void refusesWhatIsNoHost(String text) {
    refuses(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a:",
        ":80",
        ":",
        "a:0",
        "a:00000",
        "a:99999",
        "a:65536",
        "a:100000",
        "a:000080",
        "a:-1",
        "a:+1",
        "a:abc",
        "a:8o",
        "a:80:80",
        "a: 80",
        "a:80 ",
        "a:\u0663",
        "a:4294967376",
      })
  void refusesWhatIsNoPort(String text) {
    refuses(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[::1",
        "::1",
        "[]",
        "[",
        "]",
        "[::1]80",
        "[::1].",
        "[::1].:80",
        "[::1]:",
        "[::1]:0",
        "[::1%eth0]",
        "[::1%25eth0]",
        "[1.2.3.4]",
        "[a]",
        "[v1.a]",
        "[::g]",
        "[[::1]]",
        "a[::1]",
        "[::1]@evil",
        "[1:2:3:4:5:6:7]",
      })
  void refusesWhatIsNoAddressInBrackets(String text) {
    refuses(text);
  }

  private static void refuses(String text) {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> Authority.parse(text))
        .satisfies(refusal -> assertThat(refusal.failure()).isEqualTo(Failure.BAD_HOST))
        .satisfies(refusal -> assertThat(refusal.detail()).matches("[ -~]{1,200}"));
    assertThat(Authority.tryParse(text)).isNull();
  }

  @Test
  void isNoLongerThanANameCanBe() {
    assertThat(Authority.parse("a".repeat(255)).host()).hasSize(255);
    refuses("a".repeat(256));
  }

  @Test
  void comparesServersWithThePortThatTheSchemeStandsFor() {
    Authority bare = Authority.parse("a");

    assertThat(bare.isSameAs(Authority.parse("A.:80"), 80)).isTrue();
    assertThat(Authority.parse("a:80").isSameAs(bare, 80)).isTrue();
    assertThat(bare.isSameAs(Authority.parse("a:80"), 443)).isFalse();
    assertThat(bare.isSameAs(Authority.parse("b"), 80)).isFalse();
    assertThat(Authority.parse("a:81").isSameAs(Authority.parse("a:82"), 80)).isFalse();
  }

  @Test
  void knowsThePortThatAConnectionNeeds() {
    assertThat(Authority.parse("a").portOr(443)).isEqualTo(443);
    assertThat(Authority.parse("a:8080").portOr(443)).isEqualTo(8080);
  }

  @Test
  void givesTheAddressAsAResolverWantsIt() {
    assertThat(Authority.parse("[::1]:80").address()).isEqualTo("::1");
    assertThat(Authority.parse("a.example:80").address()).isEqualTo("a.example");
  }

  @Test
  void readsSettingsWithoutAFailure() {
    assertThat(Authority.tryParse("a:80")).isEqualTo(new Authority("a", 80));
  }
}
