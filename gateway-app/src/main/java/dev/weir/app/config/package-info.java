/** What a configuration file says: checked records, and how they are read. */
@NullMarked
@CheckReturnValue
package dev.weir.app.config;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
