/** An upstream that misbehaves as it is told, under any number of connections. */
@NullMarked
package dev.weir.load.upstream;

import org.jspecify.annotations.NullMarked;
