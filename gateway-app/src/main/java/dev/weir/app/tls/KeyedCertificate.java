package dev.weir.app.tls;

import dev.weir.http.IpAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * A certificate with its key and the certificates between it and its authority.
 *
 * @param names for which it stands, in lower case; one may begin with {@code *.}; and addresses
 */
record KeyedCertificate(
    Path file, List<X509Certificate> chain, PrivateKey key, List<String> names) {

  /** RFC 5280 §4.2.1.6. */
  private static final int DNS_NAME = 2;

  private static final int IP_ADDRESS = 7;

  /**
   * Reads both files; blocks.
   *
   * @throws TlsFileException if either can't be used, or they do not belong together
   */
  static KeyedCertificate read(Path certificateFile, Path keyFile) throws TlsFileException {
    List<X509Certificate> chain = PemFile.certificates(certificateFile);
    PrivateKey key = PemFile.privateKey(keyFile);
    X509Certificate leaf = chain.get(0);
    if (!isPair(leaf, key)) {
      throw new TlsFileException(
          keyFile
              + ": not the key of the certificate in "
              + certificateFile
              + ", "
              + subject(leaf)
              + " (expected: the key that it was made with)");
    }
    return new KeyedCertificate(certificateFile, chain, key, namesOf(leaf));
  }

  private static String subject(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName();
  }

  /** Whether what the one signs the other verifies. */
  private static boolean isPair(X509Certificate certificate, PrivateKey key) {
    try {
      Signature signature = Signature.getInstance(signatureFor(key));
      byte[] text = {1, 2, 3};
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static String signatureFor(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA", "RSASSA-PSS" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> "EdDSA";
    };
  }

  /** RFC 9525 §6.3: names are those of the extension, and the common name is none. */
  static List<String> namesOf(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      for (List<?> alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
        if (alternative.get(0) instanceof Integer type
            && alternative.get(1) instanceof String text
            && (type == DNS_NAME || type == IP_ADDRESS)) {
          names.add(type == DNS_NAME ? text.toLowerCase(Locale.ROOT) : asHost(text));
        }
      }
    } catch (CertificateParsingException noNames) {
      return List.of();
    }
    return List.copyOf(names);
  }

  /** As in a Host field. */
  private static String asHost(String address) {
    IpAddress parsed = IpAddress.parse(address);
    return parsed == null || parsed.isIpv4() ? address : "[" + parsed + "]";
  }

  X509Certificate leaf() {
    return chain.get(0);
  }

  /** From when until when it can be used: as long as all of its chain can. */
  CertificateTerm term() {
    Instant beginning = Instant.MIN;
    Instant end = Instant.MAX;
    for (X509Certificate certificate : chain) {
      Instant from = certificate.getNotBefore().toInstant();
      Instant to = certificate.getNotAfter().toInstant();
      beginning = from.isAfter(beginning) ? from : beginning;
      end = to.isBefore(end) ? to : end;
    }
    return new CertificateTerm(file, beginning, end, InstantSource.system());
  }

  /** Of the key: {@code RSA}, {@code EC}; as the protocol asks for it. */
  String algorithm() {
    return leaf().getPublicKey().getAlgorithm();
  }

  /** Whether it stands for that name (RFC 9525 §6.3): a {@code *} for one whole label. */
  boolean standsFor(String name) {
    return standFor(names, name);
  }

  static boolean standFor(List<String> names, String name) {
    int dot = name.indexOf('.');
    String wild = dot < 0 ? "" : "*" + name.substring(dot);
    return names.contains(name) || names.contains(wild);
  }
}
