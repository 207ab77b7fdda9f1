/** Open WebSockets: their frames judged as they pass, their limits, their end (RFC 6455). */
@NullMarked
@CheckReturnValue
package dev.weir.websocket;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
