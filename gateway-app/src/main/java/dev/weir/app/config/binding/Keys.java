package dev.weir.app.config.binding;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the keys of a map are. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT})
public @interface Keys {
  /** One word, for tables: {@code name}. */
  String name();

  /** That each whole key must match (Java and ECMA-262 alike). */
  String regex();

  /** With its article, for messages. */
  String expected();
}
