package dev.weir.app.tls;

import dev.weir.app.config.RedisTlsSettings;
import dev.weir.app.config.RedisTlsSettings.Verification;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;

/** What TLS with Redis is spoken with; read at the start, so that no event loop has to. */
public final class RedisTls {

  private RedisTls() {}

  /** Reads the files; blocks. */
  public static SslContext make(RedisTlsSettings settings) throws TlsFileException {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .ciphers(Ciphers.ALL, Ciphers.FILTER)
            .endpointIdentificationAlgorithm(
                settings.verification() == Verification.FULL ? "HTTPS" : "");
    if (settings.ca() != null) {
      builder.trustManager(PemFile.certificates(settings.ca()).toArray(X509Certificate[]::new));
    }
    if (settings.certificate() != null && settings.key() != null) {
      KeyedCertificate own = KeyedCertificate.read(settings.certificate(), settings.key());
      builder.keyManager(own.key(), own.chain());
    }
    try {
      return builder.build();
    } catch (SSLException e) {
      throw new TlsFileException("redis.tls: " + e.getMessage(), e);
    }
  }
}
