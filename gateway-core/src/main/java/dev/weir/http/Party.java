package dev.weir.http;

/** Who ended a request. */
public enum Party {
  /** Nobody cut it short: the answer, whatever its status, was given to its last byte. */
  NOBODY,
  CLIENT,
  UPSTREAM,
  GATEWAY
}
