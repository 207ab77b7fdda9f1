package dev.weir.http;

import java.time.Duration;

/**
 * How long the parts of a request may take.
 *
 * @param request until the answer's head: waiting, every attempt and every pause in all
 * @param attempt one try at one endpoint, until the answer's head
 * @param idle between two pieces of a body, in either direction
 * @param exchange until the last byte of the answer
 */
public record Timeouts(Duration request, Duration attempt, Duration idle, Duration exchange) {}
