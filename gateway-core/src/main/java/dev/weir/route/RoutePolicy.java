package dev.weir.route;

import dev.weir.filter.RateLimitFilter;
import dev.weir.filter.RetryFilter;
import dev.weir.http.ForwardingFields;
import dev.weir.http.HeaderEdits;
import dev.weir.http.Timeouts;
import dev.weir.resilience.ConcurrencyLimit;
import dev.weir.websocket.RouteWebSockets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a route wants of the steps on its path; null where it does without one.
 *
 * @param id of the route
 * @param rateLimits each another one; empty for none
 * @param rewrite the path that the upstream is asked for
 */
public record RoutePolicy(
    String id,
    Timeouts timeouts,
    List<RateLimitFilter.Use> rateLimits,
    long maxBodyBytes,
    @Nullable RouteWebSockets webSockets,
    @Nullable ConcurrencyLimit concurrency,
    RetryFilter.@Nullable Policy retry,
    @Nullable PathTemplate rewrite,
    ForwardingFields forwarding,
    HeaderEdits onRequest,
    HeaderEdits onResponse) {}
