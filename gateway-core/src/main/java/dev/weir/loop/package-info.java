/** Event loops, and timers that belong to them. */
@NullMarked
@CheckReturnValue
package dev.weir.loop;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
