/**
 * What both sides of HTTP/2 share: the way of frames to their streams, and the limits of frames
 * that bring nothing forward.
 */
@NullMarked
@CheckReturnValue
package dev.weir.http2;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
