package dev.weir.route;

import dev.weir.http.ReplayMemory;
import dev.weir.ratelimit.LimitFields;
import dev.weir.ratelimit.RateLimiter;
import dev.weir.telemetry.Telemetry;
import java.time.InstantSource;
import java.util.function.LongUnaryOperator;
import reactor.core.scheduler.Scheduler;

/**
 * What every path stands on.
 *
 * @param clock monotonic time and timers
 * @param wallClock the time of day, for the log alone
 * @param random gives a number from 0 to below its argument
 * @param replayMemory for the bodies of all requests that might be repeated
 * @param rateLimiter counts for all limits of all routes
 * @param limitFields which header fields tell of them
 */
public record Surroundings(
    Scheduler clock,
    InstantSource wallClock,
    LongUnaryOperator random,
    Telemetry telemetry,
    ReplayMemory replayMemory,
    RateLimiter rateLimiter,
    LimitFields.Style limitFields) {}
