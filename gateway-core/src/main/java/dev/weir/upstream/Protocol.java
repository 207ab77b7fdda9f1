package dev.weir.upstream;

/** What is spoken with the endpoints of an upstream. */
public enum Protocol {
  /** HTTP/1.1; over TLS nothing else is offered. */
  HTTP1,
  /** HTTP/2: over TLS nothing else is offered, in plain it is begun with (RFC 9113 §3.3). */
  HTTP2,
  /** What the endpoint chooses within TLS (RFC 7301), HTTP/2 if it can. */
  AUTO
}
