package dev.weir.http;

import org.jspecify.annotations.Nullable;

/**
 * How a request ended: who ended it, in which phase and why, and what it cost. Every request has
 * exactly one; the access log and the metrics are made of nothing else.
 *
 * @param endedAtMillis wall-clock time
 * @param status what the client was answered; 0 if it left before there was an answer
 * @param party {@link Party#NOBODY} if the request ran to its end
 * @param why the gateway's reason to answer by itself or to cut the answer; else null
 * @param detail the facts of that reason
 * @param upstream null if the request was not sent on
 * @param endpoint the one asked last
 * @param closeCode with which a WebSocket ended (RFC 6455 §7.1.5); 0 if it was none
 * @param headNanos until the answer's head was known; -1 if it never was
 */
public record Outcome(
    long endedAtMillis,
    Identity identity,
    Client client,
    String method,
    String path,
    String route,
    int status,
    Party party,
    Phase phase,
    @Nullable Failure why,
    @Nullable String detail,
    @Nullable String upstream,
    @Nullable String endpoint,
    int attempts,
    long requestBytes,
    long responseBytes,
    int closeCode,
    long headNanos,
    long totalNanos) {}
