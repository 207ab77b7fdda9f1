package dev.weir.app.config.binding;

import dev.weir.http.Quoted;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A part of a file, with its place. */
sealed interface LocatedNode {

  Place place();

  /** How a message shows it: short, in printable ASCII, without a password. */
  String shown();

  /**
   * A single value.
   *
   * @param text as written, before anything is put in for variables; null for no value at all
   */
  record Scalar(Place place, @Nullable String text) implements LocatedNode {

    private static final Pattern USER_INFORMATION = Pattern.compile("//[^/@]*@");

    @Override
    public String shown() {
      return text == null
          ? "no value"
          : Quoted.of(USER_INFORMATION.matcher(text).replaceAll("//...@"));
    }
  }

  /** A list. */
  record Sequence(Place place, List<LocatedNode> items) implements LocatedNode {

    @Override
    public String shown() {
      return "a list";
    }
  }

  /** Keys and values; each key once, in the order of the file. */
  record Mapping(Place place, Map<String, Entry> entries) implements LocatedNode {

    @Override
    public String shown() {
      return "a mapping";
    }
  }

  /** What can't be taken for any of these; the reason has been reported. */
  record Unreadable(Place place) implements LocatedNode {

    @Override
    public String shown() {
      return "something unreadable";
    }
  }

  /**
   * A value and its key.
   *
   * @param place of the key
   */
  record Entry(Place place, LocatedNode value) {}
}
