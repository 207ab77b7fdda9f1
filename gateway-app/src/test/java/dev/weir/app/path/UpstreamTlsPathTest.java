package dev.weir.app.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.RawClient;
import dev.weir.testing.RawClient.Answer;
import dev.weir.testing.TestAuthority;
import dev.weir.testing.TestAuthority.Issued;
import dev.weir.testing.Vigilance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS with endpoints: nobody else is spoken to, and what goes wrong is said. */
final class UpstreamTlsPathTest {

  private static final TestAuthority AUTHORITY = new TestAuthority("Test");
  private static final TestAuthority OTHER = new TestAuthority("Other");

  @TempDir private Path directory;
  private FakeUpstream upstream;
  private TestGateway gateway;

  @AfterEach
  void close() {
    gateway.close();
    upstream.close();
  }

  private void start(Issued ofUpstream, String tls) throws IOException {
    start(FakeUpstream.secure(AUTHORITY.context(ofUpstream), false), tls);
  }

  private void start(FakeUpstream secure, String tls) throws IOException {
    upstream = secure;
    Path authority = Files.writeString(directory.resolve("ca.pem"), AUTHORITY.pem());
    gateway =
        TestGateway.start(
            // A busy machine may take more than a second for a handshake.
            "upstreams: {one: {endpoints: $1, connect-timeout: 20s, tls: {ca: "
                + authority
                + tls
                + "}}}\nroutes: [{path: /*, to: one, retry: off}]\n",
            upstream);
  }

  private void refuses(String detail) {
    Answer answer = gateway.get("/x", "X-Request-Id: refused-one\r\n", "Host: a.example\r\n");

    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.text()).contains("urn:weir:failure:upstream_tls_failed");
    assertThat(gateway.logged("refused-one").get("detail").asString()).contains(detail);
    assertThat(upstream.pending()).isZero();
  }

  @Test
  void speaksWithAnEndpointThatIsWhoItShouldBe() throws IOException {
    start(AUTHORITY.issue("127.0.0.1"), "");

    RawClient client = gateway.client();
    assertThat(client.get("/x").answer().text()).isEqualTo("ok");
    assertThat(client.get("/x").answer().text()).isEqualTo("ok");
    assertThat(upstream.connections()).isEqualTo(1);
  }

  @Test
  void asksForTheNameThatIsConfigured() throws IOException {
    start(AUTHORITY.issue("orders"), ", server-name: orders");

    assertThat(gateway.get("/x").status()).isEqualTo(200);
    assertThat(((ExtendedSSLSession) upstream.received().session()).getRequestedServerNames())
        .containsExactly(new SNIHostName("orders"));
  }

  /** CVE-2026-50010: a check of the name that is lost on the way to Java. */
  @Test
  void doesNotSpeakWithAnotherHost() throws IOException {
    start(AUTHORITY.issue("127.0.0.2"), "");

    refuses("127.0.0.1");
  }

  @Test
  void doesNotSpeakWithAnotherName() throws IOException {
    start(AUTHORITY.issue("other.example"), ", server-name: orders.example");

    refuses("orders.example");
  }

  @Test
  void doesNotTrustAnotherAuthority() throws IOException {
    start(OTHER.issue("127.0.0.1"), "");

    refuses("unable to find valid certification path");
  }

  @Test
  void doesNotTrustWhatHasExpired() throws IOException {
    Instant now = Instant.now();
    start(
        AUTHORITY.issue(
            "127.0.0.1", "EC", now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(1))),
        "");

    refuses("PKIX path validation failed");
  }

  @Test
  void trustsAnybodyOnlyWhereThatIsSaidLoudly() throws IOException {
    Vigilance.expect("certificates of endpoints are NOT verified");
    start(OTHER.issue("somebody.example"), ", verification: dangerously-none");

    assertThat(gateway.get("/x").status()).isEqualTo(200);
  }

  @Test
  void showsACertificateOfItsOwn() throws IOException {
    Issued own = AUTHORITY.issue("gateway");
    Path certificate = Files.writeString(directory.resolve("own.pem"), own.certificatePem());
    Path key = Files.writeString(directory.resolve("own.key"), own.keyPem());
    start(strict(), ", certificate: " + certificate + ", key: " + key);

    assertThat(gateway.get("/x").status()).isEqualTo(200);
    assertThat(upstream.received().session().getPeerPrincipal().getName()).isEqualTo("CN=gateway");
  }

  private static FakeUpstream strict() {
    return FakeUpstream.secure(AUTHORITY.context(AUTHORITY.issue("127.0.0.1")), true);
  }

  @Test
  void failsWithoutACertificateWhereOneIsWanted() throws IOException {
    start(strict(), "");

    assertThat(gateway.get("/x").status()).isEqualTo(502);
  }

  @Test
  void streamsBothWays() throws IOException {
    start(AUTHORITY.issue("127.0.0.1"), "");
    upstream.on("/echo", exchange -> exchange.reply(200, exchange.text()));
    String body = "0123456789abcdef".repeat(32 << 10);
    Answer answer = gateway.client().request("POST", "/echo", "", body).answer();

    assertThat(answer.text()).isEqualTo(body);
  }
}
