/** The port through which everything says what happened. */
@NullMarked
@CheckReturnValue
package dev.weir.telemetry;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
