package dev.weir.app.config.binding;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What holds where a file says nothing, as YAML.
 *
 * <p>For a record it gives the parts, too: those that a file leaves out are taken from here, and
 * those that this leaves out from the record's own defaults. In a single value {@value #POSITION}
 * stands for the position in the innermost list around it, from 1.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT})
public @interface Default {
  String POSITION = "<index>";

  String value();
}
