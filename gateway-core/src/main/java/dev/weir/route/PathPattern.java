package dev.weir.route;

import dev.weir.http.FailureException;
import dev.weir.http.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * The path of a route.
 *
 * <table>
 * <caption>Forms</caption>
 * <tr><td>{@code /orders}</td><td>that path alone; {@code /orders/} is another</td></tr>
 * <tr><td>{@code /orders/{id}}</td><td>any one segment that is not empty in its place</td></tr>
 * <tr><td>{@code /static/*}</td><td>{@code /static}, and all below it</td></tr>
 * <tr><td>{@code /files/{*rest}}</td><td>all below {@code /files/}, as one parameter</td></tr>
 * </table>
 *
 * <p>Literals are compared with the canonical path ({@link Target}), so that they may be written in
 * any equivalent spelling.
 */
public final class PathPattern {

  /** How a pattern ends. */
  enum End {
    EXACT,
    PREFIX,
    TAIL
  }

  private final String text;
  private final List<String> segments;
  private final End end;
  private final List<String> names;

  private PathPattern(String text, List<String> segments, End end, List<String> names) {
    this.text = text;
    this.segments = List.copyOf(segments);
    this.end = end;
    this.names = List.copyOf(names);
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException if it is not one; the message says what is expected
   */
  public static PathPattern parse(String text) {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("a path that begins with '/'");
    }
    List<String> segments = new ArrayList<>();
    List<String> names = new ArrayList<>();
    End end = End.EXACT;
    String[] parts = text.substring(1).split("/", -1);
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i];
      boolean isLast = i == parts.length - 1;
      if (part.equals("*") && isLast) {
        end = End.PREFIX;
      } else if (part.startsWith("{*") && part.endsWith("}") && isLast) {
        end = End.TAIL;
        names.add(name(part.substring(2, part.length() - 1)));
      } else if (part.startsWith("{") && part.endsWith("}")) {
        segments.add(PathTree.ANY);
        names.add(name(part.substring(1, part.length() - 1)));
      } else {
        segments.add(literal(part, isLast));
      }
    }
    if (new HashSet<>(names).size() < names.size()) {
      throw new IllegalArgumentException("each parameter once");
    }
    return new PathPattern(text, segments, end, names);
  }

  private static String name(String name) {
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw new IllegalArgumentException("parameters of letters, digits and '_'");
    }
    return name;
  }

  private static String literal(String part, boolean isLast) {
    if (part.isEmpty() && !isLast) {
      throw new IllegalArgumentException("segments that are not empty");
    }
    if (part.contains("{") || part.contains("}") || part.contains("*")) {
      throw new IllegalArgumentException(
          "parameters that are a whole segment, and '*' or '{*name}' at the end only");
    }
    try {
      Target target = Target.of("/" + part);
      if (target.query() != null) {
        throw new IllegalArgumentException("a path without a query");
      }
      String canonical = target.path().substring(1);
      if (canonical.contains("/") || canonical.isEmpty() != part.isEmpty()) {
        throw new IllegalArgumentException("no dot segments");
      }
      return canonical;
    } catch (FailureException notCanonical) {
      throw new IllegalArgumentException("characters of a path (RFC 3986)", notCanonical);
    }
  }

  /** The segments up to the end; {@link PathTree#ANY} for a parameter. */
  List<String> segments() {
    return segments;
  }

  End end() {
    return end;
  }

  /** The parameters, from left to right. */
  public List<String> names() {
    return names;
  }

  public boolean isPrefix() {
    return end == End.PREFIX;
  }

  /** What the parameters stand for in a path that this pattern matches, encoded as it is there. */
  Map<String, String> parameters(String path) {
    if (names.isEmpty()) {
      return Map.of();
    }
    Map<String, String> values = new HashMap<>();
    int position = 1;
    int next = 0;
    for (String segment : segments) {
      int slash = path.indexOf('/', position);
      int segmentEnd = slash < 0 ? path.length() : slash;
      if (segment.equals(PathTree.ANY)) {
        values.put(names.get(next++), path.substring(position, segmentEnd));
      }
      position = segmentEnd + 1;
    }
    if (end == End.TAIL) {
      values.put(names.get(next), path.substring(position));
    }
    return values;
  }

  /** What follows the prefix in a path that this pattern matches: empty, or with its slash. */
  String rest(String path) {
    int position = 0;
    for (int i = 0; i < segments.size(); i++) {
      int slash = path.indexOf('/', position + 1);
      position = slash < 0 ? path.length() : slash;
    }
    return path.substring(position);
  }

  @Override
  public String toString() {
    return text;
  }
}
