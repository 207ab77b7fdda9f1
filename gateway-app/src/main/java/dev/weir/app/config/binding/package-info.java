/**
 * From YAML to checked records of any kind, every problem with its place; and from the same records
 * to a JSON Schema and a reference page.
 */
@NullMarked
@CheckReturnValue
package dev.weir.app.config.binding;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
