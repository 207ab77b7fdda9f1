package dev.weir.app.config.binding;

import static java.util.stream.Collectors.joining;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A record, written as a mapping; or as its shorthand. */
final class RecordShape implements Shape {

  private static final String SUFFIX = "Settings";

  private final Class<? extends Record> type;
  private final Constructor<?> constructor;
  private final Map<String, Component> components;
  private final @Nullable Component shorthand;

  RecordShape(Class<? extends Record> type, List<Component> components) {
    this.type = type;
    this.constructor = constructor(type);
    this.components = new LinkedHashMap<>();
    components.forEach(component -> this.components.put(component.key(), component));
    Shorthand named = type.getAnnotation(Shorthand.class);
    this.shorthand = named == null ? null : component(named.value());
  }

  private static Constructor<?> constructor(Class<? extends Record> type) {
    Class<?>[] types =
        Stream.of(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(type + " is no record", e);
    }
  }

  /** Of the type, without the ending that all of them have. */
  String name() {
    String simple = type.getSimpleName();
    boolean isLonger = simple.endsWith(SUFFIX) && simple.length() > SUFFIX.length();
    return Spelling.ofName(
        isLonger ? simple.substring(0, simple.length() - SUFFIX.length()) : simple);
  }

  Class<? extends Record> type() {
    return type;
  }

  String doc() {
    Doc doc = type.getAnnotation(Doc.class);
    return doc == null ? "" : doc.value();
  }

  Collection<Component> components() {
    return components.values();
  }

  Collection<String> keys() {
    return components.keySet();
  }

  /** The component of that key, which the caller knows to be there. */
  Component component(String key) {
    Component component = components.get(key);
    if (component == null) {
      throw new IllegalArgumentException(type + " has no " + key);
    }
    return component;
  }

  /** What is meant by something that is not a mapping; null if nothing is. */
  @Nullable Component shorthand() {
    return shorthand;
  }

  /** A record of these values, which are in the order of the components and of their types. */
  Object create(@Nullable Object[] values) {
    try {
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " can't be made", e);
    }
  }

  @Override
  public String expected() {
    String mapping = "a mapping of " + keys().stream().collect(joining(", "));
    return shorthand == null ? mapping : shorthand.shape().expected() + ", or " + mapping;
  }
}
