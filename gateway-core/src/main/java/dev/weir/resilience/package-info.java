/**
 * Mechanisms on a call, each a Reactor operator: they know no HTTP and no Netty, and the clock is
 * an argument.
 */
@NullMarked
@CheckReturnValue
package dev.weir.resilience;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
