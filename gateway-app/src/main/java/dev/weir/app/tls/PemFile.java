package dev.weir.app.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads PEM files (RFC 7468); blocks. */
final class PemFile {

  /** More than any chain or list of authorities that is in use. */
  private static final int MAX_BYTES = 4 << 20;

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,64})-----([^-]*)-----END \\1-----");

  private record Block(String label, String content) {}

  private PemFile() {}

  /**
   * The certificates in a file, in its order.
   *
   * @throws TlsFileException if there are none, or one can't be read
   */
  static List<X509Certificate> certificates(Path file) throws TlsFileException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks(file)) {
      if (block.label().equals("CERTIFICATE")) {
        certificates.add(certificate(file, block));
      }
    }
    if (certificates.isEmpty()) {
      throw new TlsFileException(
          file + ": no certificate in it (expected: PEM, BEGIN CERTIFICATE)");
    }
    return List.copyOf(certificates);
  }

  private static X509Certificate certificate(Path file, Block block) throws TlsFileException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(decoded(file, block)));
    } catch (CertificateException e) {
      throw new TlsFileException(file + ": a certificate that can't be read: " + e.getMessage(), e);
    }
  }

  /**
   * The private key in a file.
   *
   * @throws TlsFileException if there is none, or it is encrypted or of a kind that is not known
   */
  static PrivateKey privateKey(Path file) throws TlsFileException {
    for (Block block : blocks(file)) {
      if (block.label().contains("ENCRYPTED") || block.content().contains("ENCRYPTED")) {
        throw new TlsFileException(
            file + ": an encrypted key (expected: one that is not; openssl pkey -in " + file + ")");
      }
      if (block.label().endsWith("PRIVATE KEY")) {
        return PrivateKeys.read(file, block.label(), decoded(file, block));
      }
    }
    throw new TlsFileException(file + ": no key in it (expected: PEM, BEGIN PRIVATE KEY)");
  }

  private static List<Block> blocks(Path file) throws TlsFileException {
    Matcher matcher = BLOCK.matcher(text(file));
    List<Block> blocks = new ArrayList<>();
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), matcher.group(2)));
    }
    return blocks;
  }

  private static String text(Path file) throws TlsFileException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new TlsFileException(file + ": larger than " + MAX_BYTES + " bytes");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new TlsFileException(file + ": there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new TlsFileException(
          file + ": it may not be read by the user that the gateway runs as", e);
    } catch (IOException e) {
      throw new TlsFileException(file + ": can't be read: " + e.getMessage(), e);
    }
  }

  private static byte[] decoded(Path file, Block block) throws TlsFileException {
    try {
      return Base64.getMimeDecoder().decode(block.content());
    } catch (IllegalArgumentException e) {
      throw new TlsFileException(file + ": a " + block.label() + " that is not Base64", e);
    }
  }
}
