/** Gateways as processes of their own, and what can be seen of them from outside. */
@NullMarked
package dev.weir.load.gateway;

import org.jspecify.annotations.NullMarked;
