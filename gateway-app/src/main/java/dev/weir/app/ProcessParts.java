package dev.weir.app;

import dev.weir.app.telemetry.GatewayTelemetry;
import dev.weir.app.tls.TlsFiles;
import dev.weir.loop.EventLoops;
import dev.weir.resilience.ConcurrencyLimit;

/** What the whole gateway stands on; {@link Wiring} makes it, and ends it. */
record ProcessParts(
    EventLoops loops, GatewayTelemetry telemetry, TlsFiles tlsFiles, Gauges gauges) {

  /** A limit that is shown by that name. */
  ConcurrencyLimit limit(String name, ConcurrencyLimit.Policy policy) {
    ConcurrencyLimit limit = new ConcurrencyLimit(policy, loops.clock());
    gauges.ofLimit(name, limit);
    return limit;
  }
}
