package dev.weir.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Whose certificates are believed; read at the start, so that no event loop has to. */
final class RedisTrust {

  private RedisTrust() {}

  /**
   * The authorities of a file in PEM; those that Java knows, if it is null.
   *
   * @throws IOException if the file can't be read, or is no such thing
   */
  static TrustManagerFactory read(@Nullable String file) throws IOException {
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(file == null ? null : authorities(file));
      return trust;
    } catch (GeneralSecurityException e) {
      throw new IOException("redis.tls.ca: " + file + ": " + e.getMessage(), e);
    }
  }

  private static KeyStore authorities(String file) throws IOException, GeneralSecurityException {
    KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
    authorities.load(null, null);
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      int number = 0;
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        authorities.setCertificateEntry("ca-" + number++, one);
      }
      if (number == 0) {
        throw new IOException("redis.tls.ca: " + file + ": no certificate in it");
      }
    }
    return authorities;
  }
}
