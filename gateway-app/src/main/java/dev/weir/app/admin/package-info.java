/** What an operator asks the gateway: whether it is well, and what it counts. */
@NullMarked
@CheckReturnValue
package dev.weir.app.admin;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
