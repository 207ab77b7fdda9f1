package dev.weir.app.config.binding;

import dev.weir.http.Quoted;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys that lead from the top of a file to a setting: {@code routes[0].timeouts.request}.
 *
 * @param parent null at the top
 * @param key null for an item of a list
 * @param index from 0; of an item
 */
record KeyPath(@Nullable KeyPath parent, @Nullable String key, int index) {

  static final KeyPath ROOT = new KeyPath(null, null, 0);

  /** What may be printed as it is; keys are a stranger's words where they are names of things. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._*-]{1,80}");

  KeyPath key(String next) {
    return new KeyPath(this, next, 0);
  }

  KeyPath item(int next) {
    return new KeyPath(this, null, next);
  }

  /** The position in the innermost list around this, from 1; 0 if there is none. */
  int position() {
    for (KeyPath path = this; path.parent != null; path = path.parent) {
      if (path.key == null) {
        return path.index + 1;
      }
    }
    return 0;
  }

  /** A message about this setting. */
  String before(String message) {
    return parent == null ? message : this + ": " + message;
  }

  @Override
  public String toString() {
    if (parent == null) {
      return "";
    }
    if (key == null) {
      return parent + "[" + index + "]";
    }
    return parent.parent == null ? printable(key) : parent + "." + printable(key);
  }

  /** A key or a name, quoted if it is not what such a thing should look like. */
  static String printable(String name) {
    return PLAIN.matcher(name).matches() ? name : Quoted.of(name);
  }
}
