package dev.weir.app.config.binding;

import org.jspecify.annotations.Nullable;

/**
 * Settings of something that can also be turned off, by the word {@value #OFF} in their place.
 *
 * @param on null if it is off
 */
public record OrOff<T>(@Nullable T on) {

  static final String OFF = "off";
}
