package dev.weir.app.tls;

import dev.weir.app.config.UpstreamTlsSettings;
import dev.weir.app.config.UpstreamTlsSettings.Verification;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** What TLS with the endpoints of an upstream is spoken with. */
public final class ClientTls {

  private ClientTls() {}

  /** All files that it is made of. */
  public static List<Path> files(UpstreamTlsSettings settings) {
    return Stream.of(settings.ca(), settings.certificate(), settings.key())
        .filter(file -> file != null)
        .toList();
  }

  /** Reads the files; blocks. */
  public static FileContext.Made make(UpstreamTlsSettings settings) throws TlsFileException {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .protocols(settings.minVersion().andLater())
            .ciphers(Ciphers.ALL, Ciphers.FILTER);
    List<CertificateTerm> own = new ArrayList<>();
    if (settings.certificate() != null && settings.key() != null) {
      KeyedCertificate certificate = KeyedCertificate.read(settings.certificate(), settings.key());
      builder.keyManager(certificate.key(), certificate.chain());
      own.add(certificate.term());
    }
    verify(settings, builder);
    try {
      return new FileContext.Made(builder.build(), own);
    } catch (SSLException e) {
      throw new TlsFileException("tls: " + e.getMessage(), e);
    }
  }

  private static void verify(UpstreamTlsSettings settings, SslContextBuilder builder)
      throws TlsFileException {
    if (settings.verification() == Verification.DANGEROUSLY_NONE) {
      builder
          .trustManager(InsecureTrustManagerFactory.INSTANCE)
          .endpointIdentificationAlgorithm("");
      return;
    }
    builder.endpointIdentificationAlgorithm("HTTPS");
    if (settings.ca() != null) {
      builder.trustManager(PemFile.certificates(settings.ca()).toArray(X509Certificate[]::new));
    }
  }
}
