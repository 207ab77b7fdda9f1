package dev.weir.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a path leads to, at a cost that depends on the path and not on how many patterns there
 * are.
 *
 * <p>Each node is a segment. From left to right a literal goes before a parameter, and a parameter
 * before a prefix or tail; of prefixes the longest goes first. What was added first goes first
 * where that says nothing. A branch that leads to nothing acceptable is left again.
 */
final class PathTree<V> {

  /** The segment of a parameter; no canonical segment holds a brace. */
  static final String ANY = "{}";

  private final Node<V> root = new Node<>();

  void add(PathPattern pattern, V value) {
    Node<V> node = root;
    for (String segment : pattern.segments()) {
      node = node.child(segment);
    }
    switch (pattern.end()) {
      case EXACT -> node.exact.add(value);
      case PREFIX -> node.prefixes.add(value);
      case TAIL -> node.tails.add(value);
    }
  }

  /** The first value in order of precedence that is acceptable. */
  @Nullable V find(String path, Predicate<? super V> isAcceptable) {
    return find(root, path, 1, isAcceptable);
  }

  /**
   * Goes on from a node.
   *
   * @param from where the next segment begins; beyond the end, if there is none
   */
  private @Nullable V find(Node<V> node, String path, int from, Predicate<? super V> isAcceptable) {
    if (from > path.length()) {
      V exact = first(node.exact, isAcceptable);
      return exact != null ? exact : first(node.prefixes, isAcceptable);
    }
    int slash = path.indexOf('/', from);
    int end = slash < 0 ? path.length() : slash;
    Node<V> literal = node.literals.get(path.substring(from, end));
    V found = literal == null ? null : find(literal, path, end + 1, isAcceptable);
    if (found == null && node.parameter != null && end > from) {
      found = find(node.parameter, path, end + 1, isAcceptable);
    }
    if (found == null) {
      found = first(node.tails, isAcceptable);
    }
    return found != null ? found : first(node.prefixes, isAcceptable);
  }

  private static <V> @Nullable V first(List<V> values, Predicate<? super V> isAcceptable) {
    for (V value : values) {
      if (isAcceptable.test(value)) {
        return value;
      }
    }
    return null;
  }

  private static final class Node<V> {

    private final Map<String, Node<V>> literals = new HashMap<>();
    private final List<V> exact = new ArrayList<>(1);
    private final List<V> prefixes = new ArrayList<>(0);
    private final List<V> tails = new ArrayList<>(0);
    private @Nullable Node<V> parameter;

    Node<V> child(String segment) {
      if (!segment.equals(ANY)) {
        return literals.computeIfAbsent(segment, literal -> new Node<>());
      }
      if (parameter == null) {
        parameter = new Node<>();
      }
      return parameter;
    }
  }
}
