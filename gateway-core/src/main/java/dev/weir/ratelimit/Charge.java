package dev.weir.ratelimit;

/**
 * What one request costs at one limit.
 *
 * @param key which of the limit's buckets: made by {@link RateKey}, bounded in length
 * @param cost tokens, 1 to the limit's quota
 */
public record Charge(RateLimit limit, String key, long cost) {}
