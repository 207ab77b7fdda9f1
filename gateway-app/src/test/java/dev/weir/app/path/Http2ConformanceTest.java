package dev.weir.app.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.TestAuthority;
import dev.weir.testing.TestAuthority.Issued;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * All cases of h2spec, strict ones included, over plain TCP and over TLS. The program comes out of
 * an artifact of Maven's, for one kind of machine.
 */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
final class Http2ConformanceTest {

  private static final String ARCHIVE = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";
  private static final int TAR_BLOCK = 512;
  private static final int TAR_SIZE_AT = 124;

  @TempDir private Path directory;

  /** The only file of the archive (POSIX.1-1988 tar). */
  private Path program() throws IOException {
    try (InputStream resource = Http2ConformanceTest.class.getResourceAsStream(ARCHIVE)) {
      InputStream tar = new GZIPInputStream(new ByteArrayInputStream(resource.readAllBytes()));
      byte[] header = tar.readNBytes(TAR_BLOCK);
      if (header.length < TAR_BLOCK) {
        throw new EOFException(ARCHIVE);
      }
      String size = new String(header, TAR_SIZE_AT, 11, StandardCharsets.US_ASCII).trim();
      Path program = directory.resolve("h2spec");
      Files.write(program, tar.readNBytes(Integer.parseInt(size, 8)));
      assertThat(program.toFile().setExecutable(true)).isTrue();
      return program;
    }
  }

  private String run(int port, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                program().toString(),
                "--host",
                "localhost",
                "--port",
                "" + port,
                "--strict",
                "--timeout",
                "20"));
    command.addAll(List.of(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      process.destroy();
    }
  }

  @Test
  void everyCasePasses() throws Exception {
    Issued issued = new TestAuthority("Test").issue("localhost");
    Path certificate = Files.writeString(directory.resolve("a.pem"), issued.certificatePem());
    Path key = Files.writeString(directory.resolve("a.key"), issued.keyPem());
    // An upstream that reads what it is sent: an early answer would end a request before its
    // faults.
    try (FakeUpstream upstream =
            new FakeUpstream().on("/", exchange -> exchange.reply(200, "hello, h2spec"));
        TestGateway gateway =
            TestGateway.start(
                "tls: {listen: 127.0.0.1:0, certificates: [{certificate: %s, key: %s}]}\n"
                        .formatted(certificate, key)
                    + "upstreams: {one: {endpoints: $1, breaker: off}}\n"
                    + "routes: [{id: all, path: /*, to: one}]\n",
                upstream)) {
      assertThat(run(gateway.port())).contains("146 tests, 146 passed, 0 skipped, 0 failed");
      assertThat(run(gateway.tlsPort(), "--tls", "--insecure"))
          .contains("146 tests, 146 passed, 0 skipped, 0 failed");
    }
  }
}
