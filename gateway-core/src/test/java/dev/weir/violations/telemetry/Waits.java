package dev.weir.violations.telemetry;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Waits for a signal. */
public final class Waits {

  @Nullable String waits(Mono<String> signal) {
    return signal.block();
  }
}
