package dev.weir.app.config;

import dev.weir.app.config.binding.ScalarType;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where log lines go. */
public sealed interface LogDestination {

  ScalarType<LogDestination> TYPE =
      new ScalarType<>(
          LogDestination.class,
          "destination",
          "stdout, stderr, none",
          "or a path with a '/', like ./access.log",
          "`stdout`, `stderr`, `none`, or the path of a file. A path has a `/` in it, so that a"
              + " word that is written wrong does not become a file.",
          new ScalarType.Form.Matching("stdout|stderr|none|.*/.*"),
          LogDestination::parse);

  /** The standard output. */
  record Stdout() implements LogDestination {}

  /** The standard error. */
  record Stderr() implements LogDestination {}

  /** Nowhere. */
  record None() implements LogDestination {}

  /** A file that lines are added to. */
  record File(Path path) implements LogDestination {}

  /** Null if it is none of these. */
  static @Nullable LogDestination parse(String text) {
    return switch (text) {
      case "stdout" -> new Stdout();
      case "stderr" -> new Stderr();
      case "none" -> new None();
      default -> text.indexOf('/') < 0 || text.endsWith("/") ? null : file(text);
    };
  }

  private static @Nullable File file(String text) {
    try {
      return new File(Path.of(text));
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
