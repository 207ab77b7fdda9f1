/** The commands, the wiring, and the end. */
@NullMarked
@CheckReturnValue
package dev.weir.app;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
