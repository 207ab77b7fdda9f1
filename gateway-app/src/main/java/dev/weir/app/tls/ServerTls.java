package dev.weir.app.tls;

import dev.weir.app.config.CertificateSettings;
import dev.weir.app.config.TlsSettings;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** What a listener speaks TLS with. */
public final class ServerTls {

  private static final long SESSION_SECONDS = TimeUnit.HOURS.toSeconds(1);

  private ServerTls() {}

  /** All files that it is made of. */
  public static List<Path> files(TlsSettings settings) {
    List<Path> files = new ArrayList<>();
    for (CertificateSettings certificate : settings.certificates()) {
      files.add(certificate.certificate());
      files.add(certificate.key());
    }
    if (settings.clientCa() != null) {
      files.add(settings.clientCa());
    }
    return files;
  }

  /**
   * Reads the files; blocks.
   *
   * @param protocols those that clients may choose from (RFC 7301), the best first
   */
  public static FileContext.Made make(TlsSettings settings, List<String> protocols)
      throws TlsFileException {
    List<KeyedCertificate> certificates = new ArrayList<>();
    for (CertificateSettings certificate : settings.certificates()) {
      certificates.add(KeyedCertificate.read(certificate.certificate(), certificate.key()));
    }
    SslContextBuilder builder =
        SslContextBuilder.forServer(new ServerKeys(certificates))
            .sslProvider(SslProvider.JDK)
            .protocols(settings.minVersion().andLater())
            .ciphers(Ciphers.ALL, Ciphers.FILTER)
            .clientAuth(clientAuth(settings))
            .sessionCacheSize(settings.sessions())
            .sessionTimeout(SESSION_SECONDS)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    protocols));
    if (settings.clientCa() != null) {
      builder.trustManager(
          PemFile.certificates(settings.clientCa()).toArray(X509Certificate[]::new));
    }
    try {
      return new FileContext.Made(
          builder.build(), certificates.stream().map(KeyedCertificate::term).toList());
    } catch (SSLException e) {
      throw new TlsFileException("tls: " + e.getMessage(), e);
    }
  }

  private static ClientAuth clientAuth(TlsSettings settings) {
    return switch (settings.clientCertificates()) {
      case OFF -> ClientAuth.NONE;
      case OPTIONAL -> ClientAuth.OPTIONAL;
      case REQUIRED -> ClientAuth.REQUIRE;
    };
  }
}
