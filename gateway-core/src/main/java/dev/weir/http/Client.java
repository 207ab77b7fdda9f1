package dev.weir.http;

import io.netty.handler.codec.http.HttpVersion;

/**
 * Who asks, as far as it can be believed.
 *
 * @param peer the other end of the connection
 * @param address the client itself: the peer, or what proxies that are trusted say of it
 * @param scheme {@code http} or {@code https}, as the client used it
 * @param host what the client asked for, as proxies that are trusted say of it
 * @param isPeerTrusted whether the peer is one of the trusted proxies
 * @param version what the connection to us speaks
 */
public record Client(
    IpAddress peer,
    IpAddress address,
    String scheme,
    Authority host,
    boolean isPeerTrusted,
    HttpVersion version) {}
