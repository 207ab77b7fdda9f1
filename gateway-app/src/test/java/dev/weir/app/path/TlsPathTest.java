package dev.weir.app.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.app.TestGateway;
import dev.weir.testing.Await;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.RawClient;
import dev.weir.testing.RawClient.Answer;
import dev.weir.testing.TestAuthority;
import dev.weir.testing.TestAuthority.Issued;
import dev.weir.testing.Vigilance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS with clients: who is shown what, who may come in, and what a change of files does. */
final class TlsPathTest {

  private static final TestAuthority AUTHORITY = new TestAuthority("Test");

  /** By its name it is the same: so clients show what it has issued. */
  private static final TestAuthority OTHER = new TestAuthority("Test");

  private static final SSLContext CLIENT = AUTHORITY.context(null);

  @TempDir private Path directory;

  private final FakeUpstream upstream = new FakeUpstream();
  private TestGateway gateway;

  @AfterEach
  void close() {
    if (gateway != null) {
      gateway.close();
    }
    upstream.close();
  }

  private String files(String name, Issued issued) throws IOException {
    Path certificate = directory.resolve(name + ".pem");
    Path key = directory.resolve(name + ".key");
    Files.writeString(certificate, issued.certificatePem());
    Files.writeString(key, issued.keyPem());
    return "{certificate: " + certificate + ", key: " + key + "}";
  }

  private void start(String certificates, String more) {
    gateway =
        TestGateway.start(
            "certificate-reload: 100ms\n"
                + "tls:\n  listen: 127.0.0.1:0\n  certificates: ["
                + certificates
                + "]\n"
                + more
                + "upstreams: {one: $1}\n"
                + "routes: [{path: /*, to: one}]\n",
            upstream);
  }

  private void start() throws IOException {
    start(files("site", AUTHORITY.issue("a.example")), "");
  }

  private RawClient client(SSLContext context, String name, String... protocols) {
    return RawClient.secure(gateway.tlsPort(), context, name, protocols);
  }

  private static X509Certificate shown(RawClient client) {
    try {
      return (X509Certificate) client.session().getPeerCertificates()[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void carriesARequestAndSaysThatItWasSecure() throws IOException {
    start();
    try (RawClient client = client(CLIENT, "a.example")) {
      Answer answer = client.get("/x").answer();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text()).isEqualTo("ok");
      assertThat(client.session().getProtocol()).isEqualTo("TLSv1.3");
      assertThat(client.request("POST", "/y", "", "content").answer().status()).isEqualTo(200);
    }
    FakeUpstream.Exchange received = upstream.received();
    assertThat(received.head().get("x-forwarded-proto")).isEqualTo("https");
    assertThat(received.head().get("forwarded")).endsWith(";proto=https");
  }

  @Test
  void thePlainListenerRemains() throws IOException {
    start();

    assertThat(gateway.get("/x").status()).isEqualTo(200);
    assertThat(upstream.received().head().get("x-forwarded-proto")).isEqualTo("http");
  }

  @Test
  void choosesTheCertificateByTheNameThatIsAskedFor() throws IOException {
    start(
        String.join(
            ", ",
            files("a", AUTHORITY.issue("a.example")),
            files("wild", AUTHORITY.issue("*.b.example", "RSA"))),
        "");

    try (RawClient a = client(CLIENT, "a.example");
        RawClient b = client(CLIENT, "www.b.example")) {
      assertThat(shown(a).getSubjectX500Principal().getName()).isEqualTo("CN=a.example");
      assertThat(shown(b).getSubjectX500Principal().getName()).isEqualTo("CN=*.b.example");
      assertThat(a.get("/").answer().status()).isEqualTo(200);
      assertThat(b.get("/").answer().status()).isEqualTo(200);
    }
    assertThatThrownBy(() -> client(CLIENT, "unknown.example"))
        .hasMessageContaining("unknown.example");
    gateway.awaitMetric(failed("handshake_failed"), 1);
  }

  /** F13: a connection is for what its certificate stands for. */
  @Test
  void refusesHostsThatTheCertificateIsNotFor() throws IOException {
    start(
        String.join(
            ", ",
            files("a", AUTHORITY.issue("a.example")),
            files("wild", AUTHORITY.issue("*.b.example"))),
        "");

    try (RawClient client = client(CLIENT, "one.b.example")) {
      assertThat(status(client, "one.b.example")).isEqualTo(200);
      assertThat(status(client, "two.b.example:" + gateway.tlsPort())).isEqualTo(200);
      assertThat(status(client, "TWO.b.example.")).isEqualTo(200);
      Answer refused = client.get("/", "Host: a.example\r\n").answer();
      assertThat(refused.status()).isEqualTo(421);
      assertThat(refused.text()).contains("misdirected", "a.example");
    }
    for (String host : new String[] {"b.example", "x.y.b.example", "other.example", "127.0.0.1"}) {
      try (RawClient client = client(CLIENT, "one.b.example")) {
        assertThat(status(client, host)).as(host).isEqualTo(421);
      }
    }
    try (RawClient client = client(CLIENT, "a.example")) {
      String absolute = "GET https://one.b.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n";
      assertThat(client.send(absolute).answer().status()).isEqualTo(421);
    }
  }

  private static int status(RawClient client, String host) {
    return client.get("/", "Host: " + host + "\r\n").answer().status();
  }

  /** Who names no host, or one that is nobody's, is shown the first certificate, and may ask on. */
  @Test
  void takesAnyHostWhereTheCertificateWasNotChosen() throws IOException {
    start(
        String.join(
            ", ",
            files("a", AUTHORITY.issue("a.example")),
            files("b", AUTHORITY.issue("b.example"))),
        "");
    for (String asked : new String[] {null, "unknown.example"}) {
      try (RawClient client =
          RawClient.secure(gateway.tlsPort(), CLIENT, asked, "a.example", new String[0])) {
        assertThat(status(client, "a.example")).isEqualTo(200);
        assertThat(status(client, "b.example")).isEqualTo(200);
        assertThat(status(client, "127.0.0.1")).isEqualTo(200);
      }
    }
  }

  /** A session that was resumed is for the same host. */
  @Test
  void refusesThemInResumedSessionsToo() throws IOException {
    start(
        String.join(
            ", ",
            files("a", AUTHORITY.issue("a.example")),
            files("b", AUTHORITY.issue("b.example"))),
        "");
    for (int i = 0; i < 3; i++) {
      try (RawClient client = client(CLIENT, "a.example")) {
        assertThat(status(client, "a.example")).isEqualTo(200);
        assertThat(status(client, "b.example")).isEqualTo(421);
      }
    }
  }

  private static String failed(String reason) {
    return "weir_connections_cut_total{listener=\"tls\",reason=\"" + reason + "\"}";
  }

  @Test
  void speaksOnlyWhatIsConfigured() throws IOException {
    start(files("site", AUTHORITY.issue("a.example")), "  min-version: TLSv1.3\n");
    try (RawClient client = client(CLIENT, "a.example", "spdy/3", "http/1.1")) {
      assertThat(client.session().getProtocol()).isEqualTo("TLSv1.3");
      assertThat(client.protocol()).isEqualTo("http/1.1");
    }
  }

  @Test
  void asksForClientCertificates() throws IOException {
    Path authority = Files.writeString(directory.resolve("ca.pem"), AUTHORITY.pem());
    start(
        files("site", AUTHORITY.issue("a.example")),
        "  client-certificates: required\n  client-ca: " + authority + "\n");

    SSLContext known = AUTHORITY.context(AUTHORITY.issue("client"));
    try (RawClient client = client(known, "a.example")) {
      assertThat(client.get("/").answer().status()).isEqualTo(200);
    }
    assertThat(isServed(CLIENT)).isFalse();
    assertThat(isServed(AUTHORITY.context(OTHER.issue("client")))).isFalse();
    gateway.awaitMetric(failed("handshake_failed"), 2);
  }

  /** In TLS 1.3 a client hears of a refusal only when it reads. */
  private boolean isServed(SSLContext context) {
    try (RawClient client = client(context, "a.example")) {
      return client.get("/").answer().status() == 200;
    } catch (IllegalStateException | UncheckedIOException refused) {
      return false;
    }
  }

  @Test
  void takesClientsWithoutACertificateWhereItIsOptional() throws IOException {
    Path authority = Files.writeString(directory.resolve("ca.pem"), AUTHORITY.pem());
    start(
        files("site", AUTHORITY.issue("a.example")),
        "  client-certificates: optional\n  client-ca: " + authority + "\n");

    assertThat(isServed(CLIENT)).isTrue();
    assertThat(isServed(AUTHORITY.context(OTHER.issue("client")))).isFalse();
  }

  @Test
  void usesNewFilesForNewConnectionsAndKeepsTheOthers() throws IOException {
    start();
    try (RawClient before = client(CLIENT, "a.example")) {
      X509Certificate old = shown(before);
      files("site", AUTHORITY.issue("a.example"));
      gateway.awaitMetric(event("certificates_renewed"), 1);

      try (RawClient after = client(AUTHORITY.context(null), "a.example")) {
        assertThat(shown(after)).isNotEqualTo(old);
        assertThat(after.get("/").answer().status()).isEqualTo(200);
      }
      assertThat(before.get("/").answer().status()).isEqualTo(200);
    }
  }

  private static String event(String event) {
    return "weir_events_total{event=\"" + event + "\",name=\"tls\"}";
  }

  @Test
  void keepsTheOldFilesWhenTheNewOnesCanNotBeUsed() throws IOException {
    start();
    Vigilance.expect(
        "files have changed and can't be used, the old ones remain in use: .*site.pem");
    Files.writeString(directory.resolve("site.pem"), "half a file");
    gateway.awaitMetric(event("certificates_refused"), 1);

    assertThat(isServed(CLIENT)).isTrue();

    files("site", AUTHORITY.issue("a.example"));
    gateway.awaitMetric(event("certificates_renewed"), 1);
    assertThat(isServed(CLIENT)).isTrue();
  }

  @Test
  void goesOnWithACertificateThatHasExpiredAndSaysSo() throws IOException {
    Vigilance.expect("expired at");
    Instant now = Instant.now();
    Issued old =
        AUTHORITY.issue(
            "a.example", "EC", now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(1)));
    start(files("site", old), "");

    String file = directory.resolve("site.pem").toString();
    assertThat(gateway.metric("weir_tls_certificate_end{file=\"" + file + "\",of=\"tls\"}"))
        .isEqualTo(old.certificate().getNotAfter().toInstant().getEpochSecond());
  }

  @Test
  void closesAConnectionThatDoesNotShakeHands() throws IOException {
    start(files("site", AUTHORITY.issue("a.example")), "  handshake-timeout: 200ms\n");
    try (RawClient silent = new RawClient(gateway.tlsPort())) {
      assertThat(silent.isAtEnd()).isTrue();
    }
    gateway.awaitMetric(failed("handshake_timeout"), 1);
  }

  @Test
  void closesAConnectionThatSpeaksSomethingElse() throws IOException {
    start();
    try (RawClient plain = new RawClient(gateway.tlsPort())) {
      plain.get("/");
      plain.some(64);
      assertThat(plain.isAtEnd()).isTrue();
    }
    gateway.awaitMetric(failed("handshake_failed"), 1);
  }

  @Test
  void boundsHandshakes() throws IOException {
    start(files("site", AUTHORITY.issue("a.example")), "  max-handshakes: 1\n");
    try (RawClient first = new RawClient(gateway.tlsPort())) {
      gateway.awaitMetric("weir_tls_handshakes{listener=\"tls\"}", 1);
      try (RawClient second = new RawClient(gateway.tlsPort())) {
        assertThat(second.isAtEnd()).isTrue();
      }
      gateway.awaitMetric(failed("too_many_handshakes"), 1);
      first.close();
    }
    Await.until("the permit is back", () -> isServed(CLIENT));
  }

  /** RFC 8446 §6.1: without it a client can't tell an end from a cut. */
  @Test
  void saysThatItIsDoneBeforeItCloses() throws IOException {
    upstream.on(
        "/until-close",
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\n\r\nall of it");
          exchange.close();
        });
    start();
    try (RawClient client = client(CLIENT, "a.example")) {
      client.send("GET /until-close HTTP/1.0\r\nHost: a.example\r\n\r\n");

      assertThat(client.answer().text()).isEqualTo("all of it");
    }
    try (RawClient client = client(CLIENT, "a.example")) {
      client.send("POST /x HTTP/1.1\r\nHost: a.example\r\nContent-Length: 99999999\r\n\r\nabc");

      assertThat(client.answer().status()).isEqualTo(413);
      assertThat(client.isAtEnd()).isTrue();
    }
  }
}
