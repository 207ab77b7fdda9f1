package dev.weir.app.config.binding;

import dev.weir.app.config.binding.ScalarType.Form;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The kinds of single values that every set of records may use, besides enums. */
final class StandardTypes {

  private static final String WHOLE = "[0-9]{1,18}";
  private static final String DURATION = "([0-9]{1,9})(ms|s|m|h|d)";
  private static final Pattern WHOLE_PATTERN = Pattern.compile(WHOLE);
  private static final Pattern DURATION_PATTERN = Pattern.compile(DURATION);

  private StandardTypes() {}

  static List<ScalarType<?>> all() {
    return List.of(text(), whole(int.class), whole(Integer.class), longs(), truth(), duration());
  }

  private static ScalarType<String> text() {
    return new ScalarType<>(
        String.class,
        "text",
        "a text",
        "",
        "Any scalar of YAML, quoted or not.",
        new Form.Any(),
        text -> text);
  }

  private static ScalarType<Integer> whole(Class<Integer> type) {
    return new ScalarType<>(
        type,
        "number",
        "a whole number",
        "",
        "A whole number in digits.",
        new Form.Whole(),
        StandardTypes::readInt);
  }

  private static ScalarType<Long> longs() {
    return new ScalarType<>(
        long.class,
        "number",
        "a whole number",
        "",
        "A whole number in digits.",
        new Form.Whole(),
        StandardTypes::readLong);
  }

  private static ScalarType<Boolean> truth() {
    return new ScalarType<>(
        boolean.class,
        "truth",
        "true or false",
        "",
        "`true` or `false`.",
        new Form.Truth(),
        text -> text.equals("true") ? Boolean.TRUE : text.equals("false") ? Boolean.FALSE : null);
  }

  private static @Nullable Integer readInt(String text) {
    Long value = readLong(text);
    return value == null || value > Integer.MAX_VALUE ? null : value.intValue();
  }

  private static @Nullable Long readLong(String text) {
    return WHOLE_PATTERN.matcher(text).matches() ? Long.valueOf(text) : null;
  }

  private static ScalarType<Duration> duration() {
    return new ScalarType<>(
        Duration.class,
        "duration",
        "a duration",
        "like 250ms, 15s or 1h",
        "A whole number and a unit, `ms`, `s`, `m`, `h` or `d`: `250ms`, `15s`, `1h`.",
        new Form.Matching(DURATION),
        StandardTypes::readDuration);
  }

  private static @Nullable Duration readDuration(String text) {
    Matcher parts = DURATION_PATTERN.matcher(text);
    if (!parts.matches()) {
      return null;
    }
    return Duration.of(
        Long.parseLong(parts.group(1)),
        switch (parts.group(2)) {
          case "ms" -> ChronoUnit.MILLIS;
          case "s" -> ChronoUnit.SECONDS;
          case "m" -> ChronoUnit.MINUTES;
          case "h" -> ChronoUnit.HOURS;
          default -> ChronoUnit.DAYS;
        });
  }
}
