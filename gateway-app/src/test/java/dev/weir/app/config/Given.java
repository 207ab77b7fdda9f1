package dev.weir.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.config.binding.Problem;
import dev.weir.app.config.binding.Reading;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads a text as if it were the file gateway.yaml. */
final class Given {

  static final String FILE = "gateway.yaml";

  private Given() {}

  /** The settings of a file that is in order. */
  static Settings settings(String yaml) {
    return settings(yaml, Map.of());
  }

  static Settings settings(String yaml, Map<String, String> environment) {
    Reading<Settings> reading = reading(yaml, environment);
    assertThat(reading.problems()).filteredOn(Problem::isError).isEmpty();
    return ((Reading.Accepted<Settings>) reading).settings();
  }

  /** The problems of a file that is not, each as a line. */
  static List<String> problems(String yaml) {
    return problems(yaml, Map.of());
  }

  static List<String> problems(String yaml, Map<String, String> environment) {
    Reading<Settings> reading = reading(yaml, environment);
    assertThat(reading).isInstanceOf(Reading.Refused.class);
    return reading.problems().stream().map(Problem::toString).toList();
  }

  /** What is odd about a file that is in order. */
  static List<String> warnings(String yaml) {
    Reading<Settings> reading = reading(yaml, Map.of());
    assertThat(reading).isInstanceOf(Reading.Accepted.class);
    return reading.problems().stream().map(Problem::toString).toList();
  }

  static Reading<Settings> reading(String yaml, Map<String, String> environment) {
    return new SettingsReader(environment::get).read(FILE, yaml);
  }

  /** A file beside the tests. */
  static String resource(String name) {
    try (InputStream in = Given.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
