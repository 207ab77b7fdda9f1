package dev.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.cli.Console;
import dev.weir.app.config.SettingsReader;
import dev.weir.testing.TestAuthority;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program says to whom calls it, and with which exit code. */
final class CommandsTest {

  @TempDir private Path folder;

  private record Result(int code, String out, String err) {}

  private static Result run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Console console = new Console(new PrintWriter(out), new PrintWriter(err));
    int code = Main.program().execute(console, arguments);
    return new Result(code, out.toString(), err.toString());
  }

  private String file(String yaml) throws IOException {
    return Files.writeString(folder.resolve("gateway.yaml"), yaml).toString();
  }

  @Test
  void checkAcceptsAFileThatIsInOrder() throws IOException {
    String file =
        file(
            """
            upstreams:
              one: http://127.0.0.1:9000
            routes:
              - {id: all, to: one}
            """);

    Result result = run("check", file);

    assertThat(result.code()).isZero();
    assertThat(result.out()).isEqualToIgnoringNewLines(file + ": good (upstreams: 1, routes: 1)");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void checkNamesEachProblemByItsPlace() throws IOException {
    String file =
        file(
            """
            upstreams:
              one: ftp://127.0.0.1:9000
            routes:
              - {id: all, to: on, retri: off}
            """);

    Result result = run("check", file);

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out().lines())
        .allMatch(line -> line.matches("\\Q" + file + "\\E:[0-9]+:[0-9]+: .+"))
        .anyMatch(line -> line.startsWith(file + ":2:8: ") && line.contains("ftp"))
        .anyMatch(line -> line.startsWith(file + ":4:") && line.contains("retri"))
        .anyMatch(line -> line.startsWith(file + ":4:") && line.contains("on"));
  }

  @Test
  void checkReadsCertificatesAndKeys() throws IOException {
    TestAuthority authority = new TestAuthority("Test");
    TestAuthority.Issued good = authority.issue("a.example");
    Path certificate = Files.writeString(folder.resolve("a.pem"), good.certificatePem());
    Path key = Files.writeString(folder.resolve("a.key"), good.keyPem());
    String file =
        file(
            """
            tls:
              listen: 127.0.0.1:8443
              certificates: [{certificate: %s, key: %s}]
            upstreams:
              one: {endpoints: https://127.0.0.1:9000, tls: {ca: %s}}
            routes:
              - {id: all, to: one}
            """
                .formatted(certificate, key, folder.resolve("ca.pem")));
    assertThat(run("check", file).out())
        .isEqualToIgnoringNewLines(
            file + ": upstreams.one.tls: " + folder + "/ca.pem: there is no such file");

    Files.writeString(folder.resolve("ca.pem"), authority.pem());
    assertThat(run("check", file).code()).isZero();

    Files.writeString(key, authority.issue("b.example").keyPem());
    Result other = run("check", file);
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.out())
        .startsWith(file + ": tls: " + key + ": not the key of the certificate in " + certificate);

    Instant now = Instant.now();
    TestAuthority.Issued old =
        authority.issue("a.example", "EC", now.minusSeconds(200), now.minusSeconds(100));
    Files.writeString(certificate, old.certificatePem());
    Files.writeString(key, old.keyPem());
    assertThat(run("check", file).out()).contains(certificate + ": expired at 2");
  }

  @Test
  void checkTellsOfAFileThatIsNotThere() {
    Result result = run("check", folder.resolve("nowhere.yaml").toString());

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).contains("nowhere.yaml");
  }

  @Test
  void runWantsAFileOrAnAddressAndNotBoth() throws IOException {
    String file = file("routes: []\n");

    for (String[] arguments :
        new String[][] {{"run"}, {"run", file, "--to", "http://127.0.0.1:9000"}}) {
      Result result = run(arguments);
      assertThat(result.code()).isEqualTo(2);
      assertThat(result.err()).contains("either a configuration file, or --to URL");
    }
  }

  @Test
  void runNamesAnArgumentThatItCantRead() {
    Result to = run("run", "--to", "127.0.0.1");
    assertThat(to.code()).isEqualTo(2);
    assertThat(to.err())
        .contains("--to: \"127.0.0.1\" (expected: an endpoint like http://127.0.0.1:9000");

    Result listen = run("run", "--to", "http://127.0.0.1:9000", "--listen", "nowhere");
    assertThat(listen.code()).isEqualTo(2);
    assertThat(listen.err()).contains("--listen: \"nowhere\" (expected: an address like");

    Result admin = run("run", "--to", "http://127.0.0.1:9000", "--admin", "0:0:0");
    assertThat(admin.code()).isEqualTo(2);
    assertThat(admin.err()).contains("--admin: \"0:0:0\"");

    assertThat(run("run", "--unknown").code()).isEqualTo(2);
  }

  @Test
  void runRefusesAFileThatIsNotInOrder() throws IOException {
    String file = file("routs: []\n");

    Result result = run("run", file);

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains(file + ":1:1: ").contains("routes");
  }

  @Test
  void runTellsWhatKeepsItFromListening() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();

      Result result =
          run("run", "--to", "http://127.0.0.1:9", "--listen", address, "--admin", "127.0.0.1:0");

      assertThat(result.code()).isEqualTo(1);
      assertThat(result.err())
          .contains("can't listen on")
          .contains("" + taken.getLocalPort())
          .contains("--listen");
    }
  }

  @Test
  void runTellsOfALogThatCantBeWritten() throws IOException {
    String file =
        file(
            "listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\nroutes: []\naccess-log: "
                + folder.resolve("no/such/folder/access.log")
                + "\n");

    Result result = run("run", file);

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("access-log: ").contains("can't be written to");
  }

  @Test
  void schemaPrintsWhatEditorsWant() {
    Result result = run("schema");

    assertThat(result.code()).isZero();
    assertThat(result.out()).isEqualToIgnoringNewLines(SettingsReader.schema());
  }

  @Test
  void helpTellsOfEachCommandAndEachOption() {
    Result help = run("--help");
    assertThat(help.code()).isZero();
    assertThat(help.out())
        .startsWith("Usage: gateway [-hV] COMMAND\nWeir, a reactive gateway")
        .contains(
            "\n  run       Runs a configuration, ", "\n  check     Says", "\n  demo      Runs");
    assertThat(help.out().lines()).allMatch(line -> line.length() <= 80);

    Result ofRun = run("run", "--help");
    assertThat(ofRun.code()).isZero();
    assertThat(ofRun.out())
        .startsWith(
            "Usage: gateway run [-hV] [--listen=ADDRESS] [--admin=ADDRESS] [--to=URL] [FILE]\n")
        .contains("\n      [FILE]             The configuration, in YAML; see also")
        .contains("\n      --to=URL           Without a file: where to send all requests,\n")
        .contains("\n                         like http://127.0.0.1:9000.\n")
        .contains("\n  -h, --help             Show this help message and exit.\n");
    assertThat(ofRun.out().lines()).allMatch(line -> line.length() <= 80);
    assertThat(run("check", "-h").out()).startsWith("Usage: gateway check [-hV] FILE\n");
  }

  @Test
  void helpAndVersionGoBeforeWhatIsWrong() {
    assertThat(run("--version")).isEqualTo(new Result(0, String.format("weir 0.1.0%n"), ""));
    assertThat(run("check", "-V").out()).startsWith("weir 0.1.0");
    assertThat(run("run", "--unknown", "-h").out()).startsWith("Usage: gateway run ");
    assertThat(run("check", "--", "-h").code()).isEqualTo(1);
  }

  @Test
  void saysWhatWasMeant() {
    assertMisused("gateway: a command is missing (expected: run, check, demo, schema, prepare)");
    assertMisused("gateway: unknown command \"chek\" (did you mean \"check\"?)", "chek", "file");
    assertMisused("gateway: unknown command \"x\" (known: run, check, demo, schema, prepare)", "x");
    assertMisused("gateway run: unknown option \"--too\" (did you mean \"--to\"?)", "run", "--too");
    assertMisused("gateway run: --to: no value (expected: --to=URL)", "run", "--to");
    assertMisused("gateway run: --to: no value (expected: --to=URL)", "run", "--to", "--admin");
    assertMisused(
        "gateway demo: --admin: there twice (expected: once)",
        "demo",
        "--admin=127.0.0.1:0",
        "--admin",
        "127.0.0.1:0");
    assertMisused("gateway run: one argument too many: \"b\"", "run", "a", "b");
    assertMisused("gateway schema: one argument too many: \"a\"", "schema", "a");
    assertMisused("gateway check: FILE is missing", "check");
  }

  private static void assertMisused(String message, String... arguments) {
    Result result = run(arguments);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines()).hasSize(3).startsWith(message);
    assertThat(result.err()).contains("\nUsage: gateway ", " --help\" says more.");
  }

  @Test
  void whatFollowsTwoHyphensIsAFile() {
    Result result = run("check", "--", "--nowhere.yaml");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).startsWith("--nowhere.yaml: no such file");
  }
}
