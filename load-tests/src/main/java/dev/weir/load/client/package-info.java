/** Clients that do what the usual load generators don't. */
@NullMarked
package dev.weir.load.client;

import org.jspecify.annotations.NullMarked;
