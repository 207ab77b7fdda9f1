/** The listeners: from bytes of a client to a request, and from a response back to bytes. */
@NullMarked
@CheckReturnValue
package dev.weir.app.server;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
