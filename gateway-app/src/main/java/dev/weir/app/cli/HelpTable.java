package dev.weir.app.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Two columns: what can be said, and what it means. */
final class HelpTable {

  private static final int GAP = 3;

  private final Map<String, List<String>> rows = new LinkedHashMap<>();

  void add(String left, List<String> right) {
    rows.put(left, right);
  }

  void addStandardOptions() {
    add("  -h, --help", List.of("Show this help message and exit."));
    add("  -V, --version", List.of("Print version information and exit."));
  }

  @Override
  public String toString() {
    int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0) + GAP;
    StringBuilder text = new StringBuilder();
    rows.forEach(
        (left, lines) -> {
          String column = left;
          for (String line : lines) {
            text.append(column).append(" ".repeat(width - column.length())).append(line);
            text.append('\n');
            column = "";
          }
        });
    return text.toString();
  }
}
