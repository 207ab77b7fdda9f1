package dev.weir.app.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.config.binding.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are no configuration, or were made to hurt. */
class HostileFilesTest {

  private static final int MIB = 1024 * 1024;
  private static final int FULL = MIB / 4;

  private static void says(String yaml, String... problems) {
    assertThat(Given.problems(yaml)).containsExactly(problems);
  }

  private static List<String> problemsOf(Path directory, byte[] bytes) throws IOException {
    Path file = Files.write(directory.resolve("x.yaml"), bytes);
    return new SettingsReader(name -> null)
        .read(file).problems().stream()
            .map(Problem::toString)
            .map(problem -> problem.replace(file.toString(), "x.yaml"))
            .toList();
  }

  @Test
  void emptyFiles() {
    String problem = "gateway.yaml: an empty file (expected: settings)";
    says("", problem);
    says("\n\n", problem);
    says("# nothing\n", problem);
    says("---\n", problem);
    says("null\n", problem);
  }

  @Test
  void syntaxErrors() {
    says(
        "listen: 127.0.0.1:80\n  admin: x\n",
        "gateway.yaml:2:8: not YAML: mapping values are not allowed here");
    says(
        "trusted-proxies: [a, b\nlisten: x\n",
        "gateway.yaml:2:7: not YAML: expected ',' or ']', but got :, while parsing a flow sequence");
    says(
        "listen: \"a\nadmin: x\n",
        "gateway.yaml:3:1: not YAML: found unexpected end of stream, while scanning a quoted"
            + " scalar");
    says(
        "listen: @x",
        "gateway.yaml:1:9: not YAML: found character '@' that cannot start any token. (Do not use @"
            + " for indentation), while scanning for the next token");
    says("? [a]\n: b\n", "gateway.yaml:1:3: not YAML: a key that is not a name");
    says("%YAML 9.9\n---\na: 1\n", "gateway.yaml:1:1: not YAML: can't be read");
  }

  @Test
  void syntaxErrorsDoNotCiteTheFile() {
    assertThat(Given.problems("admin: {token: hunter2hunter2hunter2\nlisten: x: y"))
        .allSatisfy(problem -> assertThat(problem).doesNotContain("hunter2"));
  }

  @Test
  void tabs() {
    says(
        "drain:\n\tgrace: 5s\n",
        "gateway.yaml:2:1: not YAML: found character '\\t(TAB)' that cannot start any token. (Do not"
            + " use \\t(TAB) for indentation), while scanning for the next token");
  }

  @Test
  void anchorsAliasesAndTags() {
    String expected = " (expected: plain YAML, without anchors, aliases and tags)";
    says(
        "drain: &d {grace: 5s}\nclient: *d\n",
        "gateway.yaml:1:8: drain: an anchor" + expected,
        "gateway.yaml:2:9: client: an alias" + expected);
    says("listen: !!str 127.0.0.1:80", "gateway.yaml:1:9: listen: a tag" + expected);
    says("&a listen: 127.0.0.1:80", "gateway.yaml:1:1: listen: an anchor" + expected);
    says("listen: &l 127.0.0.1:80", "gateway.yaml:1:9: listen: an anchor" + expected);
    says("# 😀\nlisten: &l 127.0.0.1:80", "gateway.yaml:2:9: listen: an anchor" + expected);
    says("drain: {!x grace: 1s}", "gateway.yaml:1:9: drain.grace: a tag" + expected);
    says("listen: ! 127.0.0.1:80", "gateway.yaml:1:9: listen: a tag" + expected);
    says("? *a\n: 1", "gateway.yaml:1:3: not YAML: a key that is not a name");
    says("trusted-proxies: !!binary \"#\"", "gateway.yaml:1:18: not YAML: can't be read");
    says("!!map {}", "gateway.yaml:1:1: a tag" + expected);
    says("drain: {grace: 1s, !x finish: 2s}", "gateway.yaml:1:20: drain.finish: a tag" + expected);
    says(
        "x: !!binary aGk=",
        "gateway.yaml:1:1: x: unknown key (known: listen, tls, http2, certificate-reload, admin, event-loops,"
            + " loop-stall, transport, trusted-proxies, forwarding-fields, ambiguous-paths, limits,"
            + " client, concurrency, drain, access-log, upstreams, redis, rate-limits,"
            + " rate-limit-fields, defaults, routes)",
        "gateway.yaml:1:4: x: a tag" + expected);
  }

  @Test
  void billionLaughs() {
    StringBuilder yaml = new StringBuilder("a: &a [x, x]\n");
    for (char c = 'b'; c <= 'z'; c++) {
      char last = (char) (c - 1);
      yaml.append("%s: &%s [*%s, *%s, *%s]%n".formatted(c, c, last, last, last));
    }

    assertThat(Given.problems(yaml.toString())).hasSize(101);
  }

  @Test
  void mergeKeys() {
    assertThat(Given.problems("<<: {listen: 127.0.0.1:80}"))
        .singleElement()
        .asString()
        .startsWith("gateway.yaml:1:1: \"<<\": unknown key");
  }

  @Test
  void severalDocuments() {
    says(
        "listen: 127.0.0.1:80\n---\nlisten: 127.0.0.1:81\n",
        "gateway.yaml:3:1: a second document (expected: one)");
  }

  @Test
  void deepNesting() {
    String problem = ": nested too deep (expected: at most 32 levels)";
    says(
        "a: " + "[".repeat(31) + "]".repeat(31) + "\na: 1",
        Given.problems("a: []\na: 1").toArray(String[]::new));
    says("[".repeat(33), "gateway.yaml:1:33" + problem);
    says("[".repeat(MIB), "gateway.yaml:1:33" + problem);
    says("{a: ".repeat(MIB / 4), "gateway.yaml:1:129" + problem);
    says("- ".repeat(MIB / 2), "gateway.yaml:1:65" + problem);
  }

  @Test
  void hugeFiles(@TempDir Path directory) throws IOException {
    byte[] comment = "#".repeat(MIB + 1).getBytes(ISO_8859_1);

    assertThat(problemsOf(directory, comment))
        .containsExactly("x.yaml: more than 1048576 bytes (expected: at most 1 MiB)");
    assertThat(problemsOf(directory, new byte[20 * MIB]))
        .containsExactly("x.yaml: more than 1048576 bytes (expected: at most 1 MiB)");
  }

  @Test
  void largestFile() {
    String settings = "listen: 127.0.0.1:80 #";

    assertThat(Given.settings(settings + "x".repeat(MIB - settings.length()))).isNotNull();
  }

  @Test
  void filesThatAreFull() {
    // A quarter of what is allowed: enough for what grows with the square to be noticed.
    assertThat(Given.problems("a: 1\n".repeat(FULL / 5))).hasSize(101);
    assertThat(Given.problems("listen: " + "x".repeat(FULL))).hasSize(1);
    assertThat(Given.problems("x".repeat(FULL) + ": 1")).hasSize(1);
    assertThat(Given.problems("listen: " + "9".repeat(FULL))).hasSize(1);
    assertThat(Given.problems("routes:\n" + "- {to: a}\n".repeat(FULL / 11))).hasSize(101);
    assertThat(Given.problems("listen: '" + "${".repeat(FULL / 2) + "'")).hasSize(101);
    assertThat(Given.problems("\"".repeat(FULL))).isNotEmpty();
    assertThat(Given.problems("? ".repeat(FULL / 2))).isNotEmpty();
    assertThat(Given.problems("listen: |\n" + " \n".repeat(FULL / 2))).isNotEmpty();
  }

  @Test
  void tooManyUpstreams() {
    StringBuilder yaml = new StringBuilder("upstreams:\n");
    for (int i = 0; i < 1024; i++) {
      yaml.append("  u").append(i).append(": http://a\n");
    }

    assertThat(Given.settings(yaml.toString()).upstreams()).hasSize(1024);

    yaml.append("  one-more: http://a\n");

    says(yaml.toString(), "gateway.yaml:2:3: upstreams: 1025 items (expected: 0 to 1024)");
  }

  @Test
  void bytesThatAreNotText(@TempDir Path directory) throws IOException {
    String characters = " (expected: printable characters)";
    assertThat(problemsOf(directory, new byte[] {0, 1, 2}))
        .containsExactly("x.yaml:1:1: the character U+0000" + characters);
    assertThat(problemsOf(directory, "a: 1\nb: \u001b[31m".getBytes(ISO_8859_1)))
        .containsExactly("x.yaml:2:4: the character U+001B" + characters);
    assertThat(problemsOf(directory, "a: 1\r\nb: \u00e9".getBytes(ISO_8859_1)))
        .containsExactly("x.yaml:2:4: bytes that are not UTF-8 (expected: YAML in UTF-8)");
    assertThat(problemsOf(directory, "\uFEFFlisten: a".getBytes(UTF_16LE)))
        .containsExactly("x.yaml:1:1: bytes that are not UTF-8 (expected: YAML in UTF-8)");
    assertThat(problemsOf(directory, new byte[] {'a', (byte) 0xED, (byte) 0xA0, (byte) 0x80}))
        .containsExactly("x.yaml:1:2: bytes that are not UTF-8 (expected: YAML in UTF-8)");
    assertThat(problemsOf(directory, new byte[] {'a', (byte) 0xC3}))
        .containsExactly("x.yaml:1:2: bytes that are not UTF-8 (expected: YAML in UTF-8)");
    assertThat(problemsOf(directory, "a\rbc\r\u00e9".getBytes(ISO_8859_1)))
        .containsExactly("x.yaml:3:1: bytes that are not UTF-8 (expected: YAML in UTF-8)");
    assertThat(problemsOf(directory, "a\rb\r\nc\n\n de\0".getBytes(ISO_8859_1)))
        .containsExactly("x.yaml:5:4: the character U+0000" + characters);
    assertThat(problemsOf(directory, "a\u007f".getBytes(ISO_8859_1)))
        .containsExactly("x.yaml:1:2: the character U+007F" + characters);
  }

  @Test
  void charactersThatAreText() {
    assertThat(Given.settings("listen: 127.0.0.1:80 # \t !~\u0085\u00a0\ud7ff\ue000\ufffd😀\r\n"))
        .isNotNull();
  }

  @Test
  void columnsCountCharacters() {
    says(
        "drain: {\"😀é\": 1, grace: x}",
        "gateway.yaml:1:9: drain.\"\\ud83d\\ude00\\u00e9\": unknown key (known: grace, finish, websockets, websocket-code)",
        "gateway.yaml:1:25: drain.grace: \"x\" (expected: a duration like 250ms, 15s or 1h)");
  }

  @Test
  void byteOrderMark() {
    says(
        "\uFEFFevent-loops: x",
        "gateway.yaml:1:14: event-loops: \"x\" (expected: a whole number from 0 to 256)");
  }
}
