package dev.weir.app.config;

import dev.weir.app.config.binding.ScalarType;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A part of a whole: {@code 50%}.
 *
 * @param value 0 to 100
 */
public record Percent(int value) implements Comparable<Percent> {

  private static final String FORM = "(100|[0-9]{1,2})%";
  private static final Pattern PATTERN = Pattern.compile(FORM);

  static final ScalarType<Percent> TYPE =
      new ScalarType<>(
          Percent.class,
          "percentage",
          "a percentage",
          "like 50%",
          "A whole number from 0 to 100 and a `%`: `50%`.",
          new ScalarType.Form.Matching(FORM),
          Percent::parse);

  /** Null if it is not a percentage. */
  public static @Nullable Percent parse(String text) {
    return PATTERN.matcher(text).matches()
        ? new Percent(Integer.parseInt(text.substring(0, text.length() - 1)))
        : null;
  }

  @Override
  public int compareTo(Percent other) {
    return Integer.compare(value, other.value);
  }

  @Override
  public String toString() {
    return value + "%";
  }
}
