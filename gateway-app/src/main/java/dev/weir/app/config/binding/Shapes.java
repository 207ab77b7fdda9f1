package dev.weir.app.config.binding;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The shapes of record types, found by looking at their components. */
final class Shapes {

  private final Map<Class<?>, ScalarType<?>> types = new HashMap<>();
  private final Map<Class<?>, RecordShape> records = new HashMap<>();

  /** With kinds of single values besides the usual ones. */
  Shapes(List<ScalarType<?>> more) {
    StandardTypes.all().forEach(type -> types.put(type.javaType(), type));
    more.forEach(type -> types.put(type.javaType(), type));
  }

  RecordShape of(Class<? extends Record> type) {
    RecordShape known = records.get(type);
    if (known != null) {
      return known;
    }
    List<Component> components = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      components.add(component(component));
    }
    RecordShape shape = new RecordShape(type, components);
    records.put(type, shape);
    return shape;
  }

  private Component component(RecordComponent component) {
    Doc doc = component.getAnnotation(Doc.class);
    Default byDefault = component.getAnnotation(Default.class);
    return new Component(
        Spelling.ofName(component.getName()),
        shape(component.getGenericType(), component),
        doc == null ? "" : doc.value(),
        component.getAnnotatedType().isAnnotationPresent(Nullable.class),
        byDefault == null ? null : byDefault.value(),
        component.isAnnotationPresent(Secret.class),
        component.getAnnotation(Inherits.class),
        component.getAccessor());
  }

  private Shape shape(Type type, RecordComponent component) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      Shape last = shape(arguments[arguments.length - 1], component);
      Size size = component.getAnnotation(Size.class);
      if (generic.getRawType() == List.class) {
        return new Shape.Listed(last, size);
      }
      if (generic.getRawType() == Map.class && arguments[0] == String.class) {
        return new Shape.Named(last, component.getAnnotation(Keys.class), size);
      }
      if (generic.getRawType() == OrOff.class) {
        return new Shape.Switched(last);
      }
    } else if (type instanceof Class<?> single) {
      ScalarType<?> scalar = scalar(single);
      if (scalar != null) {
        return single(scalar, component);
      }
      if (single.isRecord()) {
        return of(single.asSubclass(Record.class));
      }
    }
    throw new IllegalArgumentException(component + ": no kind of setting");
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private @Nullable ScalarType<?> scalar(Class<?> type) {
    if (type.isEnum() && !types.containsKey(type)) {
      types.put(type, ScalarType.ofEnum((Class<? extends Enum>) type));
    }
    return types.get(type);
  }

  private static <T> Shape single(ScalarType<T> type, RecordComponent component) {
    Range range = component.getAnnotation(Range.class);
    Matches matches = component.getAnnotation(Matches.class);
    return new Shape.Single<>(
        type, range == null ? null : Bounds.of(type, range), Shape.Wording.of(matches));
  }
}
