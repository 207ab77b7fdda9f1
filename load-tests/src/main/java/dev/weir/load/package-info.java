/**
 * What load tests stand on: gateways as processes, an upstream that misbehaves, clients of their
 * own.
 */
@NullMarked
package dev.weir.load;

import org.jspecify.annotations.NullMarked;
