package dev.weir.testing;

import static dev.weir.testing.Der.bits;
import static dev.weir.testing.Der.element;
import static dev.weir.testing.Der.oid;
import static dev.weir.testing.Der.sequence;
import static dev.weir.testing.Der.text;
import static dev.weir.testing.Der.time;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An authority that issues certificates for tests, with keys on the curve P-256. */
public final class TestAuthority {

  private static final Duration YEAR = Duration.ofDays(365);
  private static final AtomicLong SERIAL = new AtomicLong(1);
  private static final byte[] ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));

  private final byte[] name;
  private final KeyPair keys;
  private final X509Certificate certificate;

  public TestAuthority(String name) {
    Instant now = Instant.now();
    this.name = name(name);
    this.keys = newKeys("EC");
    this.certificate =
        sign(
            this.name,
            keys,
            now.minus(YEAR),
            now.plus(YEAR),
            extension("2.5.29.19", sequence(element(Der.BOOLEAN, new byte[] {(byte) 0xFF}))));
  }

  /** A certificate with its key. */
  public record Issued(X509Certificate certificate, PrivateKey key) {

    public String certificatePem() {
      return pem(certificate);
    }

    /** As PKCS #8. */
    public String keyPem() {
      return pem("PRIVATE KEY", key.getEncoded());
    }
  }

  public String pem() {
    return pem(certificate);
  }

  /** For that DNS name or IPv4 address, in force now. */
  public Issued issue(String host) {
    return issue(host, "EC");
  }

  /** Likewise, with a key of that algorithm. */
  public Issued issue(String host, String algorithm) {
    Instant now = Instant.now();
    return issue(host, algorithm, now.minus(YEAR), now.plus(YEAR));
  }

  /** Likewise, in force for that time. */
  public Issued issue(String host, String algorithm, Instant from, Instant to) {
    KeyPair pair = newKeys(algorithm);
    byte[] alternative = host.matches("[0-9.]+") ? element(0x87, address(host)) : text(0x82, host);
    X509Certificate issued =
        sign(name(host), pair, from, to, extension("2.5.29.17", sequence(alternative)));
    return new Issued(issued, pair.getPrivate());
  }

  private static byte[] address(String host) {
    byte[] bytes = new byte[4];
    String[] parts = host.split("\\.", -1);
    for (int i = 0; i < 4; i++) {
      bytes[i] = (byte) Integer.parseInt(parts[i]);
    }
    return bytes;
  }

  private static KeyPair newKeys(String algorithm) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(algorithm.equals("EC") ? 256 : 2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] name(String commonName) {
    byte[] attribute = sequence(oid("2.5.4.3"), text(Der.UTF8, commonName));
    return sequence(element(Der.SET, attribute));
  }

  private static byte[] extension(String id, byte[] value) {
    return sequence(oid(id), element(Der.OCTETS, value));
  }

  /** RFC 5280 §4.1. */
  private X509Certificate sign(
      byte[] subject, KeyPair pair, Instant from, Instant to, byte[] extension) {
    byte[] content =
        sequence(
            element(0xA0, element(Der.INTEGER, new byte[] {2})),
            element(Der.INTEGER, BigInteger.valueOf(SERIAL.incrementAndGet()).toByteArray()),
            ECDSA_SHA256,
            name,
            sequence(time(from), time(to)),
            subject,
            pair.getPublic().getEncoded(),
            element(0xA3, sequence(extension)));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      signature.update(content);
      byte[] whole = sequence(content, ECDSA_SHA256, bits(signature.sign()));
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(whole));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(X509Certificate certificate) {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  public static String pem(String label, byte[] content) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n";
  }

  /** Trusts this authority alone, and shows that certificate, if it is not null. */
  public SSLContext context(Issued own) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("authority", certificate);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own == null ? null : keyManagers(own), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyManager[] keyManagers(Issued own)
      throws GeneralSecurityException, java.io.IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    char[] password = "secret".toCharArray();
    X509Certificate[] chain = {own.certificate()};
    store.setKeyEntry("own", own.key(), password, chain);
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, password);
    return factory.getKeyManagers();
  }
}
