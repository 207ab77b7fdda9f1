/**
 * How many requests may come in a time: the arithmetic of limits, as pure functions of numbers, a
 * port for those who decide, and one who decides in this process.
 */
@NullMarked
@CheckReturnValue
package dev.weir.ratelimit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
