package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.weir.http.Target.Ambiguous;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of the target of a request line, one spelling at a time. */
class TargetTest {

  private static String path(String text) {
    return Target.parse(text, Ambiguous.REFUSE).path();
  }

  private static void refuses(String text, Ambiguous ambiguous) {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> Target.parse(text, ambiguous))
        .satisfies(refusal -> assertThat(refusal.failure()).isEqualTo(Failure.BAD_TARGET))
        .satisfies(refusal -> assertThat(refusal.detail()).startsWith("target: \""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/a", "/a/", "/a/b.c/d", "/~a/-_.!$&'()*+,=:@", "/...", "/a./..b"})
  void leavesACanonicalPathAsItIs(String text) {
    assertThat(path(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "/a/./b, /a/b",
    "/./, /",
    "/., /",
    "/a/., /a/",
    "/a/.., /",
    "/a/b/.., /a/",
    "/pub/../admin, /admin",
    "/pub/%2e%2e/admin, /admin",
    "/pub/.%2E/admin, /admin",
    "/pub/%2E./admin, /admin",
    "/a/%2e/b, /a/b",
    "/a/b/../../c, /c",
    "/admin/., /admin/",
    "//, /",
    "///, /",
    "//evil/p, /evil/p",
    "/a//b///c//, /a/b/c/",
    "/a//.., /",
  })
  void removesDotSegmentsAndEmptySegments(String text, String canonical) {
    assertThat(path(text)).isEqualTo(canonical);
  }

  @ParameterizedTest
  @CsvSource({
    "/%41%7a%2D%5f%7E%2e, /Az-_~.",
    "/%c3%a9, /%C3%A9",
    "/%e2%82%ac/%f0%9f%98%80, /%E2%82%AC/%F0%9F%98%80",
    "/a%20b, /a%20b",
    "/a%2bb%21, /a%2Bb%21",
    "/%3f%23, /%3F%23",
  })
  void spellsEachCharacterInOneWay(String text, String canonical) {
    assertThat(path(text)).isEqualTo(canonical);
  }

  @ParameterizedTest
  @CsvSource({
    "/%252e%252e/admin, /%252e%252e/admin",
    "/%25%32%66, /%252f",
    "/%252F, /%252F",
    "/%2525, /%2525",
  })
  void decodesOnce(String text, String canonical) {
    assertThat(path(text)).isEqualTo(canonical);
  }

  @Test
  void encodesWhatBrowsersSendAsItIs() {
    assertThat(path("/\"<>[]^`{|}")).isEqualTo("/%22%3C%3E%5B%5D%5E%60%7B%7C%7D");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/..", "/../", "/a/../..", "/a/b/../../..", "/%2e%2e", "//..", "/./.."})
  void refusesToClimbAboveTheRoot(String text) {
    refuses(text, Ambiguous.REFUSE);
    refuses(text, Ambiguous.KEEP);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/pub%2Fadmin",
        "/pub%2fadmin",
        "/a;x=1",
        "/;",
        "/a%3bx",
        "/pub;x=1/admin",
        "/%2F"
      })
  void refusesWhatReadersDisagreeOnUnlessItIsToBeKept(String text) {
    refuses(text, Ambiguous.REFUSE);

    assertThat(Target.parse(text, Ambiguous.KEEP).path()).isEqualToIgnoringCase(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/pub/..;/admin",
        "/pub/..;x=1/admin",
        "/pub/.;/admin",
        "/pub/%2e%2e;/admin",
        "/pub/..%3B/admin",
        "/pub/..%3b",
        "/pub/..%2Fadmin",
        "/pub/..%2fadmin",
        "/pub/.%2Fadmin",
        "/pub/x%2F..%2F..%2Fadmin",
        "/pub/x%2F..",
        "/pub/x%2f%2e",
        "/pub/x%2F..;/admin",
        "/pub/x;y%2F../admin",
      })
  void neverKeepsADotSegmentThatAnUpstreamMightSeeWhereWeDoNot(String text) {
    refuses(text, Ambiguous.REFUSE);
    refuses(text, Ambiguous.KEEP);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a%2F...", "/a%2F.b", "/..a%2Fb", "/a..%2Fb", "/...;x"})
  void keepsDotsThatAreNoDotSegment(String text) {
    assertThat(Target.parse(text, Ambiguous.KEEP).path()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/pub\\admin",
        "/pub%5cadmin",
        "/a%5C",
        "\\\\evil\\p",
        "/a#frag",
        "/#",
        "#",
        "/a?b#c",
        "/a b",
        "/a ",
        " /a",
        "",
        "/a\tb",
        "/a\u000bb",
        "/\u007f",
        "/a\u0000",
        "/a\r\nx: y",
      })
  void refusesWhatHasNoPlaceInATarget(String text) {
    refuses(text, Ambiguous.REFUSE);
    refuses(text, Ambiguous.KEEP);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/%00", "/a%0d%0aSet-Cookie:x", "/%0A", "/%1f", "/%7F", "/a?x=%00"})
  void refusesEncodedControlCharacters(String text) {
    refuses(text, Ambiguous.REFUSE);
    refuses(text, Ambiguous.KEEP);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/%zz", "/%", "/%0", "/a%4", "/%4g", "/%-1", "/%+1", "/% 1", "/?%", "/?a=%zz", "/?%4"
      })
  void refusesAPercentWithoutTwoHexadecimalDigits(String text) {
    refuses(text, Ambiguous.REFUSE);
    refuses(text, Ambiguous.KEEP);
  }

  @Test
  void takesHexadecimalDigitsOfAsciiAlone() {
    refuses("/%\uff14\uff11", Ambiguous.REFUSE);
    refuses("/%\u0664\u0661", Ambiguous.REFUSE);
    refuses("/?%\uff14\uff11", Ambiguous.REFUSE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/%c0%ae", // '.' in two bytes
        "/%c0%af",
        "/%e0%80%ae", // '.' in three
        "/%f0%80%80%ae",
        "/%ff",
        "/%fe",
        "/%c3", // cut short
        "/%c3/%a9",
        "/%c3a",
        "/%a9",
        "/%ed%a0%80", // a surrogate
        "/%f4%90%80%80", // above U+10FFFF
        "/%f8%88%80%80%80",
      })
  void refusesBytesThatAreNotUtf8(String text) {
    refuses(text, Ambiguous.REFUSE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/\u00e9",
        "/\uff0fadmin",
        "/\uff0e\uff0e/admin",
        "/\u017f",
        "/\u212a",
        "/?\u00e9"
      })
  void refusesCharactersThatAreNotAscii(String text) {
    refuses(text, Ambiguous.REFUSE);
    refuses(text, Ambiguous.KEEP);
  }

  @Test
  void takesALookAlikeForWhatItIs() {
    assertThat(path("/%ef%bc%8fadmin")).isEqualTo("/%EF%BC%8Fadmin");
    assertThat(path("/%EF%BC%8E%EF%BC%8E/admin")).isEqualTo("/%EF%BC%8E%EF%BC%8E/admin");
  }

  @Test
  void keepsCaseAndTrailingSlashesAndDotsApart() {
    assertThat(path("/ADMIN")).isEqualTo("/ADMIN");
    assertThat(path("/admin/")).isEqualTo("/admin/");
    assertThat(path("/admin.")).isEqualTo("/admin.");
  }

  @Test
  void takesTheAuthorityOfAnAbsoluteTarget() {
    Target target = Target.parse("http://Example.com:8080/a/../b?c", Ambiguous.REFUSE);

    assertThat(target.authority()).isEqualTo(new Authority("example.com", 8080));
    assertThat(target.path()).isEqualTo("/b");
    assertThat(target.query()).isEqualTo("c");
    assertThat(target).hasToString("/b?c");
  }

  @ParameterizedTest
  @CsvSource({
    "http://a, /",
    "HTTPS://a, /",
    "http://a?b, /?b",
    "http://a/?b, /?b",
    "http://[::1]:80/x, /x",
    "http://a//evil, /evil",
  })
  void leavesPathAndQueryOfAnAbsoluteTarget(String text, String rest) {
    assertThat(Target.parse(text, Ambiguous.REFUSE)).hasToString(rest);
  }

  @Test
  void hasNoAuthorityInOriginForm() {
    assertThat(Target.parse("//evil/p", Ambiguous.REFUSE).authority()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil:80",
        "abc",
        "@evil/p",
        "*/",
        "**",
        "?x",
        "file:///etc/passwd",
        "gopher://a/",
        "ws://a/",
        "http:/a",
        "http:a",
        "https",
        "javascript:1",
        "http//a",
      })
  void refusesOtherForms(String text) {
    refuses(text, Ambiguous.REFUSE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://u:p@evil/",
        "http://evil@a/",
        "http:///a",
        "http://",
        "http://?x",
        "http://a:0/",
        "http://a:99999/",
        "http://a\\@b/",
        "http://a#b/",
        "http://[::1/",
      })
  void refusesABadAuthority(String text) {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> Target.parse(text, Ambiguous.REFUSE))
        .satisfies(refusal -> assertThat(refusal.failure()).isEqualTo(Failure.BAD_HOST));
  }

  @Test
  void readsTheServerAsAWhole() {
    Target target = Target.parse("*", Ambiguous.REFUSE);

    assertThat(target).isEqualTo(new Target("*", null, null));
    assertThat(target).hasToString("*");
  }

  @ParameterizedTest
  @CsvSource({
    "a=b&c=%7e%2F, a=b&c=%7e%2F",
    "a=/x?y=;:@, a=/x?y=;:@",
    "a=../..//, a=../..//",
    "%0d%0a, %0d%0a",
    "%ff, %ff",
  })
  void leavesTheQueryToTheUpstream(String query, String canonical) {
    assertThat(Target.parse("/a?" + query, Ambiguous.REFUSE).query()).isEqualTo(canonical);
  }

  @Test
  void encodesInTheQueryWhatIsNotAllowedThere() {
    assertThat(Target.parse("/a?x[0]=\"<>^`{|}\\%5b", Ambiguous.REFUSE).query())
        .isEqualTo("x%5B0%5D=%22%3C%3E%5E%60%7B%7C%7D%5C%5b");
  }

  @Test
  void tellsAnEmptyQueryFromNone() {
    assertThat(Target.of("/a?").query()).isEmpty();
    assertThat(Target.of("/a?")).hasToString("/a?");
    assertThat(Target.of("/a").query()).isNull();
    assertThat(Target.of("/a").withPath("/b")).hasToString("/b");
    assertThat(Target.of("/a?x").withPath("/b")).hasToString("/b?x");
  }

  @Test
  void readsPathsOfAnyLength() {
    String segments = String.join("", Collections.nCopies(10_000, "/a/b/.."));
    String parameters = String.join("&", Collections.nCopies(10_000, "a=b{}"));

    Target target = Target.of(segments + "?" + parameters);

    assertThat(target.path()).isEqualTo("/a".repeat(10_000) + "/");
    assertThat(target.query()).isEqualTo(parameters.replace("{}", "%7B%7D"));
  }

  @Test
  void quotesWhatItRefusesInVisibleAscii() {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> Target.of("/\u001b[31m\r\n" + "a".repeat(500)))
        .satisfies(refusal -> assertThat(refusal.detail()).matches("[ -~]{1,200}"));
  }
}
