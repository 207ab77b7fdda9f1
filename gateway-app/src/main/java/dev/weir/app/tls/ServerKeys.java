package dev.weir.app.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Which certificate a client is shown: the first that stands for the name it asks for (RFC 6066 §3)
 * and whose key its algorithms can verify; else the first of all, since a client that asks for
 * another name says more about what is wrong than a handshake that fails.
 */
final class ServerKeys extends X509ExtendedKeyManager {

  private final List<KeyedCertificate> certificates;

  ServerKeys(List<KeyedCertificate> certificates) {
    this.certificates = List.copyOf(certificates);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    String name = ChosenCertificate.nameAskedFor(engine.getHandshakeSession());
    boolean isKnown = name != null && certificates.stream().anyMatch(c -> c.standsFor(name));
    for (int i = 0; i < certificates.size(); i++) {
      KeyedCertificate certificate = certificates.get(i);
      boolean isWanted = !isKnown || name != null && certificate.standsFor(name);
      if (isWanted && isOf(keyType, certificate)) {
        return String.valueOf(i);
      }
    }
    return null;
  }

  /** Java asks by the algorithm of the signature's key: {@code EC}, {@code RSA}, {@code EdDSA}. */
  private static boolean isOf(String keyType, KeyedCertificate certificate) {
    return keyType.equals(certificate.algorithm())
        || keyType.startsWith("EC_") && certificate.algorithm().equals("EC");
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return certificates.get(Integer.parseInt(alias)).chain().toArray(new X509Certificate[0]);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return certificates.get(Integer.parseInt(alias)).key();
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
