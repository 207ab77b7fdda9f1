package dev.weir.app.config;

import dev.weir.app.config.binding.JsonSchemaWriter;
import dev.weir.app.config.binding.Overlay;
import dev.weir.app.config.binding.Reading;
import dev.weir.app.config.binding.RecordReader;
import dev.weir.app.config.binding.SettingsReferenceWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads configuration files, and says what may be in them. */
public final class SettingsReader {

  private final RecordReader<Settings> reader;

  /**
   * A reader for any number of files.
   *
   * @param environment gives the value of an environment variable, or null
   */
  public SettingsReader(Function<String, @Nullable String> environment) {
    this.reader =
        new RecordReader<>(Settings.class, SettingTypes.ALL, new GatewayChecks(), environment);
  }

  /** The file as it is now; blocks. The problems call it as {@code file} does. */
  public Reading<Settings> read(Path file) {
    return read(file, List.of());
  }

  /** The file as it is now, with what is said beside it; blocks. */
  public Reading<Settings> read(Path file, List<Overlay> overlays) {
    return reader.read(file, overlays);
  }

  /** A text that stands for a file of that name. */
  public Reading<Settings> read(String file, String yaml) {
    return read(file, yaml, List.of());
  }

  /** A text that stands for a file of that name, with what is said beside it. */
  public Reading<Settings> read(String file, String yaml, List<Overlay> overlays) {
    return reader.read(file, yaml, overlays);
  }

  /** The JSON Schema of configuration files. */
  public static String schema() {
    return JsonSchemaWriter.write("Weir gateway configuration", Settings.class, SettingTypes.ALL);
  }

  /**
   * The page in Markdown about every setting.
   *
   * @param introduction follows the heading
   * @param example a file in which every setting occurs
   */
  public static String reference(String introduction, String example) {
    return SettingsReferenceWriter.write(Settings.class, SettingTypes.ALL, introduction, example);
  }
}
