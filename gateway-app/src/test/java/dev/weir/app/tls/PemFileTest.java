package dev.weir.app.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.testing.Der;
import dev.weir.testing.TestAuthority;
import dev.weir.testing.TestAuthority.Issued;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPrivateKey;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found in files of certificates and keys, and what is said of the rest. */
final class PemFileTest {

  private static final TestAuthority AUTHORITY = new TestAuthority("Test");

  @TempDir private Path directory;

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("file.pem"), content);
  }

  @Test
  void readsAChainInItsOrder() throws IOException {
    Issued issued = AUTHORITY.issue("a.example");

    assertThat(PemFile.certificates(file("# mine\n" + issued.certificatePem() + AUTHORITY.pem())))
        .first()
        .isEqualTo(issued.certificate());
  }

  @Test
  void readsKeysOfBothAlgorithms() throws IOException {
    for (String algorithm : new String[] {"EC", "RSA"}) {
      Issued issued = AUTHORITY.issue("a.example", algorithm);

      assertThat(PemFile.privateKey(file(issued.keyPem()))).isEqualTo(issued.key());
    }
  }

  /** As cert-manager writes it, and openssl did for long. */
  @Test
  void readsTheOlderFormOfRsa() throws IOException {
    Issued issued = AUTHORITY.issue("a.example", "RSA");
    byte[] pkcs8 = issued.key().getEncoded();
    byte[] inner = Arrays.copyOfRange(pkcs8, 26, pkcs8.length);

    assertThat(PemFile.privateKey(file(TestAuthority.pem("RSA PRIVATE KEY", inner))))
        .isEqualTo(issued.key());
  }

  @Test
  void readsTheOlderFormOfCurves() throws IOException {
    Issued issued = AUTHORITY.issue("a.example");
    byte[] number = fixed(((ECPrivateKey) issued.key()).getS().toByteArray());
    byte[] sec1 =
        Der.sequence(
            Der.element(Der.INTEGER, new byte[] {1}),
            Der.element(Der.OCTETS, number),
            Der.element(0xA0, Der.oid("1.2.840.10045.3.1.7")));

    ECPrivateKey read =
        (ECPrivateKey) PemFile.privateKey(file(TestAuthority.pem("EC PRIVATE KEY", sec1)));
    assertThat(read.getS()).isEqualTo(((ECPrivateKey) issued.key()).getS());
  }

  private static byte[] fixed(byte[] number) {
    byte[] fixed = new byte[32];
    int length = Math.min(32, number.length);
    System.arraycopy(number, number.length - length, fixed, 32 - length, length);
    return fixed;
  }

  private void refuses(String content, String message) throws IOException {
    Path file = file(content);
    assertThatThrownBy(() -> PemFile.privateKey(file))
        .isInstanceOf(TlsFileException.class)
        .hasMessageContaining(file + ": " + message);
  }

  @Test
  void saysWhyAKeyIsNone() throws IOException {
    refuses("", "no key in it (expected: PEM, BEGIN PRIVATE KEY)");
    refuses(AUTHORITY.pem(), "no key in it");
    refuses(TestAuthority.pem("ENCRYPTED PRIVATE KEY", new byte[9]), "an encrypted key");
    refuses(TestAuthority.pem("DSA PRIVATE KEY", new byte[9]), "a DSA PRIVATE KEY (expected:");
    refuses(TestAuthority.pem("PRIVATE KEY", new byte[9]), "a key that can't be read");
    refuses(TestAuthority.pem("EC PRIVATE KEY", new byte[9]), "a key that does not name its curve");
  }

  @Test
  void saysWhyACertificateIsNone() throws IOException {
    Path empty = file("nothing");
    assertThatThrownBy(() -> PemFile.certificates(empty))
        .hasMessage(empty + ": no certificate in it (expected: PEM, BEGIN CERTIFICATE)");
    Path broken = file(TestAuthority.pem("CERTIFICATE", new byte[9]));
    assertThatThrownBy(() -> PemFile.certificates(broken))
        .hasMessageStartingWith(broken + ": a certificate that can't be read");
    Path missing = directory.resolve("missing.pem");
    assertThatThrownBy(() -> PemFile.certificates(missing))
        .hasMessage(missing + ": there is no such file");
  }

  @Test
  void takesNoCertificateWithoutItsKey() throws IOException {
    Path certificate =
        Files.writeString(
            directory.resolve("a.pem"), AUTHORITY.issue("a.example").certificatePem());
    Path key = Files.writeString(directory.resolve("b.key"), AUTHORITY.issue("b.example").keyPem());

    assertThatThrownBy(() -> KeyedCertificate.read(certificate, key))
        .hasMessageContaining(key + ": not the key of the certificate in " + certificate)
        .hasMessageContaining("CN=a.example");
  }

  @Test
  void aStarStandsForOneLabel() throws IOException {
    Issued issued = AUTHORITY.issue("*.example.org");
    Path certificate = Files.writeString(directory.resolve("a.pem"), issued.certificatePem());
    Path key = Files.writeString(directory.resolve("a.key"), issued.keyPem());
    KeyedCertificate read = KeyedCertificate.read(certificate, key);

    assertThat(read.standsFor("www.example.org")).isTrue();
    assertThat(read.standsFor("example.org")).isFalse();
    assertThat(read.standsFor("a.b.example.org")).isFalse();
    assertThat(read.standsFor("org")).isFalse();
  }
}
