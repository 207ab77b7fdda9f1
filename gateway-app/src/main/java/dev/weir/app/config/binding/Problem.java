package dev.weir.app.config.binding;

import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong or odd about a file, for a person to read.
 *
 * @param file as the reader was told to call it
 * @param place null if it is about the file as a whole
 * @param message what, value, expected; one line of printable ASCII
 */
public record Problem(Severity severity, String file, @Nullable Place place, String message) {

  /** Whether the file can be used all the same. */
  public enum Severity {
    /** It can't. */
    ERROR,
    /** It can, yet it hardly says what was meant. */
    WARNING
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  /** As editors and terminals understand it: {@code file:line:column: message}. */
  @Override
  public String toString() {
    String where = place == null ? file : file + ":" + place;
    return where + (isError() ? ": " : ": warning: ") + message;
  }
}
