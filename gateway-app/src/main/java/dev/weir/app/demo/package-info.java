/** Upstreams to try the gateway with: steady, flaky, slow, and some that never stop talking. */
@NullMarked
@CheckReturnValue
package dev.weir.app.demo;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
