package dev.weir.app.tls;

import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * What TLS is spoken with, made of files, and made anew when they change. Connections keep what
 * they were opened with.
 */
public final class FileContext implements Supplier<SslContext> {

  private final String name;
  private final List<Path> files;
  private final Maker maker;

  /** Of the files as they were last looked at, whether they could be used or not. */
  private byte[] seen;

  private volatile Made made;

  /** Reads the files; blocks. */
  @FunctionalInterface
  public interface Maker {
    Made make() throws TlsFileException;
  }

  /**
   * What was made.
   *
   * @param certificates our own
   */
  public record Made(SslContext context, List<CertificateTerm> certificates) {}

  FileContext(String name, List<Path> files, Maker maker) throws TlsFileException {
    this.name = name;
    this.files = List.copyOf(files);
    this.maker = maker;
    this.seen = look();
    this.made = maker.make();
  }

  public String name() {
    return name;
  }

  /** The one for a new connection. */
  @Override
  public SslContext get() {
    return made.context();
  }

  /** Our own that are in use. */
  public List<CertificateTerm> certificates() {
    return made.certificates();
  }

  /**
   * Looks at the files, and uses them if they have changed.
   *
   * @return whether they had
   * @throws TlsFileException if they had and can't be used; told once for each change
   */
  boolean renew() throws TlsFileException {
    byte[] now = look();
    if (Arrays.equals(now, seen)) {
      return false;
    }
    seen = now;
    made = maker.make();
    return true;
  }

  /** Of the content, since a file that was swapped may be as old and as long as the one before. */
  private byte[] look() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : files) {
        digest.update(content(file));
        digest.update((byte) 0);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static byte[] content(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException unreadable) {
      // Reading it to use it says more.
      return new byte[0];
    }
  }
}
