package dev.weir.app.config;

import dev.weir.app.config.binding.ScalarType;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An amount of data: {@code 512}, {@code 64KiB}, {@code 10MiB}, {@code 1GiB}. */
public record ByteSize(long bytes) implements Comparable<ByteSize> {

  private static final String FORM = "([0-9]{1,18})(KiB|MiB|GiB)?";
  private static final Pattern PATTERN = Pattern.compile(FORM);

  static final ScalarType<ByteSize> TYPE =
      new ScalarType<>(
          ByteSize.class,
          "size",
          "a size",
          "like 512, 64KiB, 10MiB or 1GiB",
          "A whole number of bytes, or one with a unit, `KiB`, `MiB` or `GiB`: `512`, `64KiB`.",
          new ScalarType.Form.Matching(FORM),
          ByteSize::parse);

  /** Null if it is not a size. */
  public static @Nullable ByteSize parse(String text) {
    Matcher parts = PATTERN.matcher(text);
    if (!parts.matches()) {
      return null;
    }
    long number = Long.parseLong(parts.group(1));
    long unit = unit(parts.group(2));
    return number > Long.MAX_VALUE / unit ? null : new ByteSize(number * unit);
  }

  private static long unit(@Nullable String name) {
    if (name == null) {
      return 1;
    }
    return switch (name) {
      case "KiB" -> 1L << 10;
      case "MiB" -> 1L << 20;
      default -> 1L << 30;
    };
  }

  /** For a size whose range says that it fits. */
  public int toInt() {
    return Math.toIntExact(bytes);
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  @Override
  public String toString() {
    return bytes + " bytes";
  }
}
