package dev.weir.app.config.binding;

import dev.weir.app.config.binding.Shape.Single;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The values of the settings that a file leaves out; made once each. */
final class Defaults {

  private final Shapes shapes;
  private final IdentityHashMap<Component, Object> values = new IdentityHashMap<>();
  private final Map<Class<?>, Object> empty = new HashMap<>();

  Defaults(Shapes shapes) {
    this.shapes = shapes;
  }

  /** Of a component that has one. */
  Object of(Component component, String text, KeyPath record) {
    if (component.shape() instanceof Single<?> single && text.contains(Default.POSITION)) {
      return positioned(single, text.replace(Default.POSITION, "" + record.position()));
    }
    Object known = values.get(component);
    if (known != null) {
      return known;
    }
    Object value = bind(component.shape(), text);
    values.put(component, value);
    return value;
  }

  private static Object positioned(Single<?> shape, String text) {
    try {
      return shape.read(text);
    } catch (Unexpected e) {
      throw new IllegalStateException("the default " + text + " is not " + e.expected(), e);
    }
  }

  /** A record of which a file says nothing. */
  Object empty(Class<? extends Record> type) {
    Object known = empty.get(type);
    if (known != null) {
      return known;
    }
    Object value = bind(shapes.of(type), "{}");
    empty.put(type, value);
    return value;
  }

  private Object bind(Shape shape, String yaml) {
    ProblemLog problems = new ProblemLog("default");
    LocatedNode node = YamlReader.read(yaml, problems);
    Binder binder = new Binder(new Variables(name -> null), this, new Bound(), problems);
    Object value = node == null ? null : binder.bind(shape, node);
    if (value == null || problems.hasErrors()) {
      List<Problem> found = problems.problems();
      throw new IllegalStateException("the default " + yaml + ": " + found);
    }
    return value;
  }
}
