package dev.weir.load.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A certificate and its key as files, of which there are some pairs that take each other's place;
 * made by the JDK's keytool.
 */
public final class CertificateFiles {

  private static final String PASSWORD = "changeit";
  private static final String ALIAS = "gateway";

  private final Path directory;
  private final List<Pair> pairs = new ArrayList<>();
  private int current;

  private record Pair(String certificate, String key) {}

  private CertificateFiles(Path directory) {
    this.directory = directory;
  }

  /** Of so many pairs, the first of which is in its place. */
  public static CertificateFiles make(Path directory, int pairs) {
    CertificateFiles files = new CertificateFiles(directory);
    for (int i = 0; i < pairs; i++) {
      files.pairs.add(files.pair(directory.resolve("pair-" + i + ".p12")));
    }
    files.put(files.pairs.get(0));
    return files;
  }

  private Pair pair(Path store) {
    try {
      Files.deleteIfExists(store);
      keytool(store);
      KeyStore keys = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(store)) {
        keys.load(in, PASSWORD.toCharArray());
      }
      return new Pair(
          pem("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded()),
          pem("PRIVATE KEY", keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void keytool(Path store) throws IOException, InterruptedException {
    String[] command = {
      Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
      "-genkeypair",
      "-alias",
      ALIAS,
      "-keyalg",
      "EC",
      "-dname",
      "CN=localhost",
      "-ext",
      "san=dns:localhost,ip:127.0.0.1",
      "-storetype",
      "PKCS12",
      "-keystore",
      store.toString(),
      "-storepass",
      PASSWORD
    };
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IllegalStateException("keytool ended with status " + status);
    }
  }

  private static String pem(String kind, byte[] content) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
  }

  public Path certificate() {
    return directory.resolve("certificate.pem");
  }

  public Path key() {
    return directory.resolve("key.pem");
  }

  /** The next pair takes the place of this one; for a moment its key is beside the old. */
  public void renew() {
    current = (current + 1) % pairs.size();
    put(pairs.get(current));
  }

  /** In place of the certificate comes what is none. */
  public void spoil() {
    write(certificate(), "this is no certificate\n");
  }

  private void put(Pair pair) {
    write(key(), pair.key());
    write(certificate(), pair.certificate());
  }

  private void write(Path file, String text) {
    try {
      Path beside = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(beside, text);
      Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
