package dev.weir.http;

import io.netty.handler.codec.http.HttpHeaders;

/**
 * An answer before the answer: 102, 103 and their kin, which a gateway passes on (RFC 9110 §15.2).
 */
public record Informational(int status, HttpHeaders headers) {}
