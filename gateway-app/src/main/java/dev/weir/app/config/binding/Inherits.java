package dev.weir.app.config.binding;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a setting that a record higher up in the file has, too: what is left out here, the whole or
 * a part, is taken from there.
 *
 * <p>That record has to be bound before, which means that it is declared before.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT})
public @interface Inherits {
  /** The record, which has a component of the same name and type. */
  Class<? extends Record> from();

  /** The key under which the file has that record. */
  String at();
}
