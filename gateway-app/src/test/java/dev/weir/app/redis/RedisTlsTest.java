package dev.weir.app.redis;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import dev.weir.app.TestGateway;
import dev.weir.testing.Await;
import dev.weir.testing.TestAuthority;
import dev.weir.testing.TestAuthority.Issued;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** rate.2: TLS with Redis: nobody else is asked, and what goes wrong is said. */
final class RedisTlsTest {

  private static final String UP = "weir_redis_links{state=\"up\"}";
  private static final TestAuthority AUTHORITY = new TestAuthority("Test");
  private static final TestAuthority OTHER = new TestAuthority("Other");

  private final Queue<String> log = new ConcurrentLinkedQueue<>();
  private final Notes notes = new Notes();
  @TempDir private Path directory;
  private RedisServer redis;

  private final class Notes extends UnsynchronizedAppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
      log.add(event.getFormattedMessage());
    }
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(RedisMetrics.class);
  }

  @BeforeEach
  void start() {
    redis = RedisServer.start();
    notes.start();
    logger().setLevel(Level.INFO);
    logger().setAdditive(false);
    logger().addAppender(notes);
  }

  @AfterEach
  void stop() {
    logger().detachAppender(notes);
    logger().setAdditive(true);
    logger().setLevel(null);
    redis.close();
  }

  private TestGateway gateway(DelayingProxy tls, String more) throws IOException {
    Path authority = Files.writeString(directory.resolve("ca.pem"), AUTHORITY.pem());
    return TestGateway.start(
        """
        redis: {nodes: "%s", connect-timeout: 10s, command-timeout: 5s, hang: 10s, tls: {ca: %s%s}}
        routes: [{id: a, rate-limit: {rate: 1, per: 1h}, respond: {body: ok}}]
        """
            .formatted(tls.address(), authority, more));
  }

  private DelayingProxy server(Issued certificate, boolean wantsCertificate) {
    return DelayingProxy.secure(redis.port(), AUTHORITY.context(certificate), wantsCertificate);
  }

  private void counts(DelayingProxy tls, String more) throws IOException {
    try (tls;
        TestGateway gateway = gateway(tls, more)) {
      gateway.awaitMetric(UP, 2);
      assertThat(gateway.get("/").status()).isEqualTo(200);
      assertThat(gateway.get("/").status()).isEqualTo(429);
    }
  }

  private void isRefused(DelayingProxy tls, String more, String why) throws IOException {
    try (tls;
        TestGateway gateway = gateway(tls, more)) {
      Await.until(() -> "the reason; it says " + log, () -> log.toString().contains(why));
      assertThat(gateway.metric(UP)).isZero();
      assertThat(gateway.get("/").status()).isEqualTo(503);
      assertThat((String) redis.command("INFO", "commandstats")).doesNotContain("cmdstat_eval");
    }
  }

  @Test
  void countsWithOneThatIsWhoItShouldBe() throws IOException {
    counts(server(AUTHORITY.issue("127.0.0.1"), false), "");
  }

  @Test
  void doesNotSpeakWithAnotherHost() throws IOException {
    isRefused(server(AUTHORITY.issue("127.0.0.2"), false), "", "127.0.0.1");
  }

  @Test
  void speaksWithAnyHostOfTheAuthorityWhereThatIsSaid() throws IOException {
    counts(server(AUTHORITY.issue("127.0.0.2"), false), ", verification: ca");
  }

  @Test
  void doesNotTrustAnotherAuthority() throws IOException {
    isRefused(server(OTHER.issue("127.0.0.1"), false), "", "unable to find valid certification");
    log.clear();
    isRefused(
        server(OTHER.issue("127.0.0.1"), false),
        ", verification: ca",
        "unable to find valid certification");
  }

  @Test
  void showsACertificateOfItsOwn() throws IOException {
    Issued own = AUTHORITY.issue("gateway");
    Path certificate = Files.writeString(directory.resolve("own.pem"), own.certificatePem());
    Path key = Files.writeString(directory.resolve("own.key"), own.keyPem());
    counts(
        server(AUTHORITY.issue("127.0.0.1"), true),
        ", certificate: " + certificate + ", key: " + key);
  }

  @Test
  void isRefusedWithoutACertificateWhereOneIsWanted() throws IOException {
    isRefused(server(AUTHORITY.issue("127.0.0.1"), true), "", "disconnected");
  }

  /** Redis without TLS: what comes is no handshake. */
  @Test
  void saysThatThereIsNoTls() throws IOException {
    isRefused(new DelayingProxy(redis.port()), "", "disconnected");
  }
}
