/** The steps of the path of a request, one in each file: where a mechanism meets HTTP. */
@NullMarked
@CheckReturnValue
package dev.weir.filter;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
