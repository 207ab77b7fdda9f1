package dev.weir.app.config.binding;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads files that are to be one record, with all that is in it. */
public final class RecordReader<T extends Record> {

  private final Class<T> type;
  private final Shapes shapes;
  private final RecordShape shape;
  private final CrossCheck crossCheck;
  private final Function<String, @Nullable String> environment;

  /**
   * A reader of one kind of file.
   *
   * @param types kinds of single values that the records use, besides texts, whole numbers,
   *     durations and enums
   * @param environment gives the value of a variable, or null
   */
  public RecordReader(
      Class<T> type,
      List<ScalarType<?>> types,
      CrossCheck crossCheck,
      Function<String, @Nullable String> environment) {
    this.type = type;
    this.shapes = new Shapes(types);
    this.shape = shapes.of(type);
    this.crossCheck = crossCheck;
    this.environment = environment;
  }

  /** The file as it is now; blocks. The problems call it as {@code file} does. */
  public Reading<T> read(Path file, List<Overlay> overlays) {
    try (InputStream in = Files.newInputStream(file)) {
      return read(file.toString(), in.readNBytes(SourceText.MAX_BYTES + 1), overlays);
    } catch (IOException e) {
      ProblemLog problems = new ProblemLog(file.toString());
      problems.error(reason(file, e) + " (expected: a file that can be read)");
      return new Reading.Refused<>(problems.problems());
    }
  }

  private static String reason(Path file, IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    return Files.isDirectory(file) ? "a directory" : "can't be read";
  }

  /** A text that stands for a file. */
  public Reading<T> read(String file, String yaml, List<Overlay> overlays) {
    return read(file, yaml.getBytes(StandardCharsets.UTF_8), overlays);
  }

  private Reading<T> read(String file, byte[] bytes, List<Overlay> overlays) {
    ProblemLog problems = new ProblemLog(file);
    String text = SourceText.decode(bytes, problems);
    LocatedNode root = text == null ? null : YamlReader.read(text, problems);
    Object bound = root == null ? null : bind(laidOver(root, overlays), problems);
    return bound == null || problems.hasErrors()
        ? new Reading.Refused<>(problems.problems())
        : new Reading.Accepted<>(type.cast(bound), problems.problems());
  }

  private LocatedNode laidOver(LocatedNode root, List<Overlay> overlays) {
    LocatedNode result = root;
    for (Overlay overlay : overlays) {
      result = overlay.on(result, shape);
    }
    return result;
  }

  private @Nullable Object bind(LocatedNode root, ProblemLog problems) {
    Bound records = new Bound();
    Binder binder = new Binder(new Variables(environment), new Defaults(shapes), records, problems);
    Object bound = binder.bind(shape, root);
    crossCheck.check(records, new Problems(problems, KeyPath.ROOT, shape, root));
    return bound;
  }
}
