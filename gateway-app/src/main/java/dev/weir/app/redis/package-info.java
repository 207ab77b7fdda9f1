/**
 * Redis as the place where gateways count together: a client for the event loops, and what counts.
 */
@NullMarked
@CheckReturnValue
package dev.weir.app.redis;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
