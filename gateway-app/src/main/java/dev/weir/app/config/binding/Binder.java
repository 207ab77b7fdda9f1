package dev.weir.app.config.binding;

import dev.weir.app.config.binding.LocatedNode.Entry;
import dev.weir.app.config.binding.LocatedNode.Mapping;
import dev.weir.app.config.binding.LocatedNode.Scalar;
import dev.weir.app.config.binding.LocatedNode.Sequence;
import dev.weir.app.config.binding.LocatedNode.Unreadable;
import dev.weir.app.config.binding.Shape.Listed;
import dev.weir.app.config.binding.Shape.Named;
import dev.weir.app.config.binding.Shape.Single;
import dev.weir.app.config.binding.Shape.Switched;
import dev.weir.http.Quoted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of what a file says, and goes on after an error, so that all of them are found.
 *
 * <p>Where a value can't be made, it is null, and a problem has been reported.
 */
final class Binder {

  /** Stands for a value that must not be shown. */
  static final String HIDDEN = "(hidden)";

  private final Variables variables;
  private final Defaults defaults;
  private final Bound bound;
  private final ProblemLog log;

  Binder(Variables variables, Defaults defaults, Bound bound, ProblemLog log) {
    this.variables = variables;
    this.defaults = defaults;
    this.bound = bound;
    this.log = log;
  }

  /** The value of a whole file. */
  @Nullable Object bind(Shape shape, LocatedNode root) {
    return value(shape, root, KeyPath.ROOT, null, false);
  }

  /**
   * The value of a part.
   *
   * @param rest what a record takes where the file leaves a part out; null for its defaults
   */
  private @Nullable Object value(
      Shape shape, LocatedNode node, KeyPath path, @Nullable Object rest, boolean isSecret) {
    if (node instanceof Unreadable) {
      return null;
    }
    if (node instanceof Scalar scalar && scalar.text() == null) {
      return wrong(node, path, isSecret, shape.expected());
    }
    if (shape instanceof Single<?> single) {
      return single(single, node, path, isSecret);
    }
    if (shape instanceof Listed list) {
      return list(list, node, path, isSecret);
    }
    if (shape instanceof Named map) {
      return map(map, node, path, isSecret);
    }
    return shape instanceof Switched switched
        ? switched(switched, node, path, rest)
        : record((RecordShape) shape, node, path, rest);
  }

  private @Nullable Object single(
      Single<?> shape, LocatedNode node, KeyPath path, boolean isSecret) {
    if (!(node instanceof Scalar scalar)) {
      return wrong(node, path, isSecret, shape.expected());
    }
    String text = expand(scalar, path);
    if (text == null) {
      return null;
    }
    try {
      return shape.read(text);
    } catch (Unexpected e) {
      return wrong(node, path, isSecret, e.expected());
    }
  }

  /** Null if a variable is missing. */
  private @Nullable String expand(Scalar scalar, KeyPath path) {
    List<String> wrong = new ArrayList<>();
    String text = scalar.text() == null ? "" : scalar.text();
    String expanded = variables.expand(text, wrong);
    wrong.forEach(problem -> log.error(scalar.place(), path, problem));
    return expanded;
  }

  private @Nullable Object list(Listed shape, LocatedNode node, KeyPath path, boolean isSecret) {
    if (!(node instanceof Sequence sequence)) {
      Object only = value(shape.item(), node, path, null, isSecret);
      return only == null ? null : List.of(only);
    }
    List<LocatedNode> items = sequence.items();
    if (!hasSize(items.size(), shape.size(), node, path)) {
      return null;
    }
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      Object value = value(shape.item(), items.get(i), path.item(i), null, isSecret);
      if (value != null) {
        values.add(value);
      }
    }
    return values.size() == items.size() ? List.copyOf(values) : null;
  }

  private @Nullable Object map(Named shape, LocatedNode node, KeyPath path, boolean isSecret) {
    if (!(node instanceof Mapping mapping)) {
      return wrong(node, path, isSecret, shape.expected());
    }
    Map<String, Entry> entries = mapping.entries();
    if (!hasSize(entries.size(), shape.size(), node, path)) {
      return null;
    }
    Map<String, Object> values = new LinkedHashMap<>();
    entries.forEach(
        (key, entry) -> {
          Object value = value(shape.value(), entry.value(), path.key(key), null, isSecret);
          if (isKey(key, shape.keys(), entry.place(), path) && value != null) {
            values.put(key, value);
          }
        });
    return values.size() == entries.size() ? Collections.unmodifiableMap(values) : null;
  }

  private boolean hasSize(int size, @Nullable Size allowed, LocatedNode node, KeyPath path) {
    if (allowed == null || size >= allowed.min() && size <= allowed.max()) {
      return true;
    }
    log.error(
        node.place(),
        path,
        "%d items (expected: %d to %d)".formatted(size, allowed.min(), allowed.max()));
    return false;
  }

  private boolean isKey(String key, @Nullable Keys keys, Place place, KeyPath path) {
    if (keys == null || key.matches(keys.regex())) {
      return true;
    }
    log.error(place, path, Quoted.of(key) + " (expected: " + keys.expected() + ")");
    return false;
  }

  private @Nullable Object switched(
      Switched shape, LocatedNode node, KeyPath path, @Nullable Object rest) {
    if (node instanceof Scalar scalar) {
      String text = expand(scalar, path);
      if (text == null) {
        return null;
      }
      boolean isOff = text.equals(OrOff.OFF);
      return isOff ? new OrOff<>(null) : wrong(node, path, false, shape.expected());
    }
    Object restOfOn = rest instanceof OrOff<?> other ? other.on() : null;
    Object on = value(shape.on(), node, path, restOfOn, false);
    return on == null ? null : new OrOff<>(on);
  }

  private @Nullable Object record(
      RecordShape shape, LocatedNode node, KeyPath path, @Nullable Object rest) {
    Component shorthand = shape.shorthand();
    boolean isShort = !(node instanceof Mapping) && shorthand != null;
    Map<String, Entry> entries;
    if (node instanceof Mapping mapping) {
      entries = mapping.entries();
    } else if (shorthand != null) {
      entries = Map.of(shorthand.key(), new Entry(node.place(), node));
    } else {
      return wrong(node, path, false, shape.expected());
    }
    reportUnknown(shape, entries, path);
    List<@Nullable Object> values = new ArrayList<>();
    boolean isWhole = true;
    for (Component component : shape.components()) {
      Entry entry = entries.get(component.key());
      Object value =
          entry == null
              ? absent(component, path, rest)
              : value(
                  component.shape(),
                  entry.value(),
                  isShort ? path : path.key(component.key()),
                  restOf(component, path, rest),
                  component.isSecret());
      if (value == null && (entry != null || !component.isOptional())) {
        isWhole = false;
        if (entry == null) {
          log.error(
              node.place(),
              path.key(component.key()),
              "missing (expected: " + component.shape().expected() + ")");
        }
      }
      values.add(value);
    }
    return isWhole ? create(shape, values, node, path) : null;
  }

  private void reportUnknown(RecordShape shape, Map<String, Entry> entries, KeyPath path) {
    entries.forEach(
        (key, entry) -> {
          if (!shape.keys().contains(key)) {
            log.error(
                entry.place(),
                path.key(key),
                () -> "unknown key (" + Nearest.hint(key, shape.keys()) + ")");
          }
        });
  }

  /** What holds where the file does not have the component; null if it has to. */
  private @Nullable Object absent(Component component, KeyPath record, @Nullable Object rest) {
    if (rest != null) {
      return component.of(rest);
    }
    Inherits inherits = component.inherits();
    if (inherits != null) {
      return component.of(source(inherits));
    }
    String text = component.defaultText();
    return text == null ? null : defaults.of(component, text, record);
  }

  /** What the parts of a component that is there are taken from, where they are not. */
  private @Nullable Object restOf(Component component, KeyPath record, @Nullable Object rest) {
    boolean hasParts =
        component.shape() instanceof RecordShape || component.shape() instanceof Switched;
    return hasParts ? absent(component, record, rest) : null;
  }

  private Object source(Inherits inherits) {
    Object written = bound.first(inherits.from());
    return written != null ? written : defaults.empty(inherits.from());
  }

  private Object create(
      RecordShape shape, List<@Nullable Object> values, LocatedNode node, KeyPath path) {
    Object created = shape.create(values.toArray());
    Problems at = new Problems(log, path, shape, node);
    bound.add(created, at);
    if (created instanceof Checked checked) {
      checked.check(at);
    }
    return created;
  }

  private @Nullable Object wrong(
      LocatedNode node, KeyPath path, boolean isSecret, String expected) {
    String shown = isSecret ? HIDDEN : node.shown();
    log.error(node.place(), path, shown + " (expected: " + expected + ")");
    return null;
  }
}
