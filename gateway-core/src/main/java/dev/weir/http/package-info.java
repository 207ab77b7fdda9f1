/** The vocabulary: what a request, a response, a body and a failure are. */
@NullMarked
@CheckReturnValue
package dev.weir.http;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
