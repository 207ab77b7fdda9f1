/** Which route a request takes, and the one list of steps that it passes on its way. */
@NullMarked
@CheckReturnValue
package dev.weir.route;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
