/** Adapters of the telemetry port: metrics, the access log, and the gateway's own log. */
@NullMarked
@CheckReturnValue
package dev.weir.app.telemetry;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
