package dev.weir.app.config;

import dev.weir.app.config.binding.ScalarType;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Paths of files as values of settings. */
final class FilePath {

  static final ScalarType<Path> TYPE =
      new ScalarType<>(
          Path.class,
          "file",
          "the path of a file",
          "",
          "The path of a file: `/etc/weir/tls/site.pem`; one that is relative begins where the"
              + " gateway was started.",
          new ScalarType.Form.Matching(".*[^/]"),
          FilePath::parse);

  private FilePath() {}

  private static @Nullable Path parse(String text) {
    try {
      return text.isEmpty() || text.endsWith("/") ? null : Path.of(text);
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
