package dev.weir.app.tls;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;

/**
 * Private keys as they are found in files: PKCS #8 (RFC 5208), and the two older forms that
 * certificate tools still write, of RSA (RFC 8017 §A.1.2) and of elliptic curves (RFC 5915), which
 * Java reads once they are wrapped into the first.
 */
final class PrivateKeys {

  private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA", "RSASSA-PSS");
  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final int PARAMETERS = 0xA0;

  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

  /** AlgorithmIdentifier of rsaEncryption, 1.2.840.113549.1.1.1. */
  private static final byte[] RSA = {
    0x30,
    0x0D,
    0x06,
    0x09,
    0x2A,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xF7,
    0x0D,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };

  /** The identifier of id-ecPublicKey, 1.2.840.10045.2.1. */
  private static final byte[] EC = {
    0x06, 0x07, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 0x02, 0x01
  };

  private PrivateKeys() {}

  static PrivateKey read(Path file, String label, byte[] der) throws TlsFileException {
    byte[] pkcs8 =
        switch (label) {
          case "PRIVATE KEY" -> der;
          case "RSA PRIVATE KEY" -> element(SEQUENCE, VERSION_0, RSA, element(OCTETS, der));
          case "EC PRIVATE KEY" -> ofCurve(file, der);
          default ->
              throw new TlsFileException(
                  file
                      + ": a "
                      + label
                      + " (expected: PRIVATE KEY; openssl pkey -in "
                      + file
                      + ")");
        };
    GeneralSecurityException last = new GeneralSecurityException();
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (GeneralSecurityException notOfThisAlgorithm) {
        last = notOfThisAlgorithm;
      }
    }
    throw new TlsFileException(
        file + ": a key that can't be read (expected: RSA, EC or Ed25519)", last);
  }

  /** The curve stands inside, as its first tagged field. */
  private static byte[] ofCurve(Path file, byte[] der) throws TlsFileException {
    for (int i = 0; i + 2 < der.length; i++) {
      boolean isCurve = (der[i] & 0xFF) == PARAMETERS && der[i + 2] == 0x06;
      if (isCurve && i + 2 + der[i + 1] <= der.length && der[i + 1] > 0) {
        byte[] curve = Arrays.copyOfRange(der, i + 2, i + 2 + der[i + 1]);
        return element(SEQUENCE, VERSION_0, element(SEQUENCE, EC, curve), element(OCTETS, der));
      }
    }
    throw new TlsFileException(
        file
            + ": a key that does not name its curve (expected: one that does; openssl pkey -in "
            + file
            + ")");
  }

  /** An element of DER (X.690 §8.1). */
  private static byte[] element(int tag, byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 4);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
