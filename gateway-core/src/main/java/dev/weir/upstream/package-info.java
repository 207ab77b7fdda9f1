/** Upstreams, their endpoints, and the connectors that speak with them. */
@NullMarked
@CheckReturnValue
package dev.weir.upstream;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
