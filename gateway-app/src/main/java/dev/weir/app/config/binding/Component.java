package dev.weir.app.config.binding;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * A part of a record, as a setting.
 *
 * @param isOptional whether null stands for a setting that a file leaves out
 * @param defaultText null if there is none
 * @param inherits null if it does not
 */
record Component(
    String key,
    Shape shape,
    String doc,
    boolean isOptional,
    @Nullable String defaultText,
    boolean isSecret,
    @Nullable Inherits inherits,
    Method accessor) {

  /** The value of this component. */
  @Nullable Object of(Object instance) {
    try {
      // By name, since a component can be inherited from another record.
      return instance.getClass().getMethod(accessor.getName()).invoke(instance);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(instance.getClass() + " has no " + accessor.getName(), e);
    }
  }

  boolean isRequired() {
    return !isOptional && defaultText == null && inherits == null;
  }
}
