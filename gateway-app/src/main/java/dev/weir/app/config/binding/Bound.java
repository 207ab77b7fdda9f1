package dev.weir.app.config.binding;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values that could be made of a file, by their class, in the order of the file. */
public final class Bound {

  private final Map<Class<?>, List<Located<?>>> byClass = new HashMap<>();

  Bound() {}

  /**
   * A value and its place.
   *
   * @param at reports relative to it
   */
  public record Located<T>(T value, Problems at) {}

  void add(Object value, Problems at) {
    byClass
        .computeIfAbsent(value.getClass(), type -> new ArrayList<>())
        .add(new Located<>(value, at));
  }

  /** The first of exactly this class, or null. */
  @Nullable Object first(Class<?> type) {
    List<Located<?>> all = byClass.getOrDefault(type, List.of());
    return all.isEmpty() ? null : all.get(0).value();
  }

  /** Of exactly this class; those that the file says nothing of are not among them. */
  public <T> List<Located<T>> all(Class<T> type) {
    List<Located<T>> all = new ArrayList<>();
    for (Located<?> located : byClass.getOrDefault(type, List.of())) {
      all.add(new Located<>(type.cast(located.value()), located.at()));
    }
    return all;
  }
}
