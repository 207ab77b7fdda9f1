package dev.weir.app.config.binding;

import java.util.List;
import java.util.Locale;

/** How what is named in Java is spelled in a file: in lower case, with hyphens. */
final class Spelling {

  private Spelling() {}

  /** {@code maxOpen} or {@code MaxOpen}: {@code max-open}. */
  static String ofName(String name) {
    return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  /** {@code X_FORWARDED}: {@code x-forwarded}. */
  static String ofConstant(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** {@code a, b or c}. */
  static String either(List<String> choices) {
    int last = choices.size() - 1;
    return last < 1
        ? String.join("", choices)
        : String.join(", ", choices.subList(0, last)) + " or " + choices.get(last);
  }
}
