package dev.weir.http;

/** Which fields tell the upstream who the client is. */
public enum ForwardingFields {
  NONE,
  X_FORWARDED,
  FORWARDED,
  BOTH
}
