package dev.weir.app.config.binding;

import dev.weir.app.config.binding.LocatedNode.Entry;
import dev.weir.app.config.binding.LocatedNode.Mapping;
import dev.weir.app.config.binding.LocatedNode.Scalar;
import dev.weir.app.config.binding.LocatedNode.Sequence;
import dev.weir.app.config.binding.Shape.Listed;
import dev.weir.app.config.binding.Shape.Named;
import dev.weir.app.config.binding.Shape.Switched;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reports what is wrong with one part of a file, and with the parts below it. */
public final class Problems {

  private final ProblemLog log;
  private final KeyPath path;
  private final Shape shape;
  private final boolean isSecret;
  private final Place place;
  private final @Nullable LocatedNode node;

  Problems(ProblemLog log, KeyPath path, Shape shape, LocatedNode node) {
    this(log, path, shape, false, node.place(), node);
  }

  private Problems(
      ProblemLog log,
      KeyPath path,
      Shape shape,
      boolean isSecret,
      Place place,
      @Nullable LocatedNode node) {
    this.log = log;
    this.path = path;
    this.shape = shape instanceof Switched switched ? switched.on() : shape;
    this.isSecret = isSecret;
    this.place = place;
    this.node = node;
  }

  /** The part of that key; it is where this is, if the file does not have it. */
  public Problems at(String key) {
    Entry entry = node instanceof Mapping mapping ? mapping.entries().get(key) : null;
    if (shape instanceof Named named) {
      return child(path.key(key), named.value(), isSecret, entry);
    }
    if (!(shape instanceof RecordShape type)) {
      throw new IllegalArgumentException(path + " has no keys");
    }
    Component component = type.component(key);
    boolean isWrittenShort =
        node != null && !(node instanceof Mapping) && component.equals(type.shorthand());
    return isWrittenShort
        ? new Problems(log, path, component.shape(), component.isSecret(), place, node)
        : child(path.key(key), component.shape(), component.isSecret(), entry);
  }

  private Problems child(KeyPath to, Shape ofChild, boolean isChildSecret, @Nullable Entry entry) {
    LocatedNode value = entry == null ? null : entry.value();
    Place where = value == null ? place : value.place();
    return new Problems(log, to, ofChild, isChildSecret, where, value);
  }

  /** An item of the list that this is; this itself, where it stands for a list of one. */
  public Problems at(int index) {
    if (!(shape instanceof Listed list)) {
      throw new IllegalArgumentException(path + " is not a list");
    }
    if (!(node instanceof Sequence sequence)) {
      return new Problems(log, path, list.item(), isSecret, place, node);
    }
    LocatedNode item = sequence.items().get(index);
    return new Problems(log, path.item(index), list.item(), isSecret, item.place(), item);
  }

  /** A key of the map that this is, as opposed to its value. */
  public Problems atKey(String key) {
    Entry entry = node instanceof Mapping mapping ? mapping.entries().get(key) : null;
    Place where = entry == null ? place : entry.place();
    return new Problems(log, path, shape, false, where, new Scalar(where, key));
  }

  /** The keys that the file has here, whether their values are in order or not. */
  public Collection<String> keys() {
    return node instanceof Mapping mapping ? mapping.entries().keySet() : Set.of();
  }

  /** Whether the file itself has a value for that key, as opposed to a default. */
  public boolean says(String key) {
    return at(key).node != null;
  }

  /** This is not what it has to be; the message shows it. */
  public void report(String expected) {
    state(shown(), expected);
  }

  /** The part of that key is not what it has to be. */
  public void report(String key, String expected) {
    at(key).report(expected);
  }

  /** This names something that is not there. */
  public void reportUnknown(String name, String expected, Collection<String> known) {
    log.error(
        place,
        path,
        () -> shown() + " (expected: " + expected + "; " + Nearest.hint(name, known) + ")");
  }

  /** Something else is wrong here than the value. */
  public void state(String what, String expected) {
    log.error(place, path, what + " (expected: " + expected + ")");
  }

  /** Something is odd here; told only if nothing in the file is wrong. */
  public void warn(String what) {
    log.warning(place, path, what);
  }

  private String shown() {
    if (node == null) {
      return "missing";
    }
    return isSecret ? Binder.HIDDEN : node.shown();
  }

  /** The keys that lead here. */
  @Override
  public String toString() {
    return path.toString();
  }
}
