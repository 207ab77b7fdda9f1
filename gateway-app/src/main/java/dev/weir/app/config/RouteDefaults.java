package dev.weir.app.config;

import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.OrOff;
import dev.weir.app.config.binding.Range;

/** What holds for routes that say nothing else. */
@Doc("What holds for routes that say nothing else, part by part.")
public record RouteDefaults(
    @Doc("How long the parts of a request may take.") @Default("{}") TimeoutSettings timeouts,
    @Doc("When and how often to try again.") @Default("{}") OrOff<RetrySettings> retry,
    @Doc("Who may open a WebSocket, and what may pass through it.") @Default("{}")
        OrOff<WebSocketSettings> websocket,
    @Doc("The largest body of a request; a larger one is answered 413.")
        @Default("10MiB")
        @Range(min = "0", max = RouteDefaults.LARGEST_BODY)
        ByteSize maxBody) {

  static final String LARGEST_BODY = "1024GiB";
}
