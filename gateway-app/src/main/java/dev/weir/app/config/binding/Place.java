package dev.weir.app.config.binding;

import java.util.Comparator;
import java.util.List;

/**
 * Where something stands in a file.
 *
 * @param line from 1
 * @param column from 1, in characters
 */
public record Place(int line, int column) implements Comparable<Place> {

  static final Place START = new Place(1, 1);

  private static final Comparator<Place> ORDER =
      Comparator.comparingInt(Place::line).thenComparingInt(Place::column);

  /** This place, or the end of its line or of the text, if it is beyond. */
  Place within(String text) {
    List<String> lines = List.of(text.split("\r\n|\r|\n", -1));
    int lastLine = Math.min(line, lines.size());
    String content = lines.get(lastLine - 1);
    int end = content.codePointCount(0, content.length()) + 1;
    return new Place(lastLine, line > lastLine ? end : Math.min(column, end));
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return line + ":" + column;
  }
}
