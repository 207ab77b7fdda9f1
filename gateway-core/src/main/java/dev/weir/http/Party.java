package dev.weir.http;

import java.util.Locale;

/** Who ended a request. */
public enum Party {
  /** Nobody cut it short: the answer, whatever its status, was given to its last byte. */
  NOBODY,
  CLIENT,
  UPSTREAM,
  GATEWAY;

  private final String code = name().toLowerCase(Locale.ROOT);

  /** Its name in logs and metrics. */
  public String code() {
    return code;
  }
}
