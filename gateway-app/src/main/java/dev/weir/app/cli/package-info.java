/** What a command line may say, and how its words are read. */
@NullMarked
@CheckReturnValue
package dev.weir.app.cli;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
