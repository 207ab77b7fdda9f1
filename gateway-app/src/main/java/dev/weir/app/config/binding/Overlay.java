package dev.weir.app.config.binding;

import dev.weir.app.config.binding.LocatedNode.Entry;
import dev.weir.app.config.binding.LocatedNode.Mapping;
import dev.weir.app.config.binding.LocatedNode.Scalar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value that is said beside a file, as on a command line.
 *
 * @param keys lead to the setting, each but the last to a record
 * @param text of the value; variables are put in
 * @param yieldsToFile whether what the file says goes first
 */
public record Overlay(List<String> keys, String text, boolean yieldsToFile) {

  public Overlay {
    keys = List.copyOf(keys);
  }

  /** The file with this value. A part that is no mapping stays as it is, for the reader to tell. */
  LocatedNode on(LocatedNode root, RecordShape shape) {
    return on(root, shape, 0);
  }

  private LocatedNode on(LocatedNode node, RecordShape shape, int depth) {
    Map<String, Entry> entries = entries(node, shape);
    if (entries == null) {
      return node;
    }
    String key = keys.get(depth);
    Entry written = entries.get(key);
    Place place = written == null ? node.place() : written.place();
    LocatedNode value;
    if (depth < keys.size() - 1) {
      LocatedNode below = written == null ? new Mapping(place, Map.of()) : written.value();
      value = on(below, (RecordShape) shape.component(key).shape(), depth + 1);
    } else if (written != null && yieldsToFile) {
      value = written.value();
    } else {
      value = new Scalar(place, text);
    }
    Map<String, Entry> changed = new LinkedHashMap<>(entries);
    changed.put(key, new Entry(place, value));
    return new Mapping(node.place(), changed);
  }

  private static @Nullable Map<String, Entry> entries(LocatedNode node, RecordShape shape) {
    if (node instanceof Mapping mapping) {
      return mapping.entries();
    }
    Component shorthand = shape.shorthand();
    return shorthand == null ? null : Map.of(shorthand.key(), new Entry(node.place(), node));
  }
}
