package dev.weir.app.config.binding;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a setting looks like in a file, and what is made of it: the one source of the binder, the
 * schema and the reference.
 */
sealed interface Shape
    permits Shape.Single, Shape.Listed, Shape.Named, Shape.Switched, RecordShape {

  /** For messages, with its article. */
  String expected();

  /** A single value. */
  record Single<T>(ScalarType<T> type, @Nullable Bounds<T> bounds, @Nullable Wording wording)
      implements Shape {

    /** The value of a text. */
    T read(String text) throws Unexpected {
      T value = readAny(text);
      if (value == null || wording != null && !wording.matches(text)) {
        throw new Unexpected(expected());
      }
      if (bounds != null && !bounds.contain(value)) {
        throw new Unexpected(type.noun() + " from " + bounds);
      }
      return value;
    }

    private @Nullable T readAny(String text) throws Unexpected {
      try {
        return type.reader().read(text);
      } catch (IllegalArgumentException e) {
        String said = e.getMessage();
        throw new Unexpected(said == null ? expected() : said);
      }
    }

    @Override
    public String expected() {
      if (wording != null) {
        return wording.expected();
      }
      return bounds != null && type.hint().isEmpty()
          ? type.noun() + " from " + bounds
          : type.expected();
    }
  }

  /** What a text must look like. */
  record Wording(Pattern pattern, String expected) {

    static @Nullable Wording of(@Nullable Matches matches) {
      return matches == null
          ? null
          : new Wording(Pattern.compile(matches.regex()), matches.expected());
    }

    boolean matches(String text) {
      return pattern.matcher(text).matches();
    }
  }

  /** A list; a single item stands for a list of one. */
  record Listed(Shape item, @Nullable Size size) implements Shape {

    @Override
    public String expected() {
      return "a list, each " + item.expected();
    }
  }

  /** A map from names to values. */
  record Named(Shape value, @Nullable Keys keys, @Nullable Size size) implements Shape {

    @Override
    public String expected() {
      return keys == null ? "a mapping" : "a mapping, each key " + keys.expected();
    }
  }

  /** What can be turned off. */
  record Switched(Shape on) implements Shape {

    @Override
    public String expected() {
      return OrOff.OFF + ", or " + on.expected();
    }
  }
}
