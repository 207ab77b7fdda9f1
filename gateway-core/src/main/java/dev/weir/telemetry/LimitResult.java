package dev.weir.telemetry;

import java.util.Locale;

/** What a rate limit can say of a request. */
public enum LimitResult {
  /** It allows it. */
  ADMITTED,
  /** It does not. */
  REFUSED,
  /** It would not, but is only tried out. */
  SHADOW_REFUSED,
  /** It could not be asked, and this process allowed the request in its place. */
  LOCAL_ADMITTED,
  /** It could not be asked, and this process refused the request in its place. */
  LOCAL_REFUSED,
  /** It could not be asked, and lets pass. */
  OPEN,
  /** It could not be asked, and the request was refused for that. */
  ERROR;

  private final String code = name().toLowerCase(Locale.ROOT);

  public String code() {
    return code;
  }
}
