package dev.weir.websocket;

import dev.weir.http.Authority;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Pages of which origins may open a WebSocket (RFC 6455 §10.2). Browsers send cookies along whoever
 * asks, so without this any page could act as the user that looks at it. What is no browser sends
 * no Origin, or whatever it likes; this is no protection from that.
 *
 * @param isAnyAllowed whether it does not matter
 * @param isSameAllowed whether a page may if it comes from the host that it opens the WebSocket to
 * @param allowed further origins, as RFC 6454 §6.2 writes them, in lower case; {@code
 *     https://*.example.com} for all hosts below one
 */
public record OriginRule(boolean isAnyAllowed, boolean isSameAllowed, Set<String> allowed) {

  private static final String SCHEME_END = "://";

  /** A host name has 253 characters at most. */
  private static final int MAX_LENGTH = 300;

  public OriginRule(boolean isAnyAllowed, boolean isSameAllowed, Set<String> allowed) {
    this.isAnyAllowed = isAnyAllowed;
    this.isSameAllowed = isSameAllowed;
    this.allowed = Set.copyOf(allowed);
  }

  /**
   * Whether a page of this origin may.
   *
   * @param origin the field's value; null if there is none, which no browser omits
   * @param host that was asked for
   */
  public boolean allows(@Nullable String origin, Authority host) {
    if (isAnyAllowed || origin == null) {
      return true;
    }
    String lower = origin.toLowerCase(Locale.ROOT);
    int end = lower.indexOf(SCHEME_END);
    if (end < 0 || lower.length() > MAX_LENGTH) {
      return false;
    }
    return allowed.contains(lower)
        || isBelowAllowed(lower, end + SCHEME_END.length())
        || isSameAllowed && isSame(lower.substring(end + SCHEME_END.length()), lower, host);
  }

  private boolean isBelowAllowed(String origin, int hostAt) {
    for (int dot = origin.indexOf('.', hostAt); dot >= 0; dot = origin.indexOf('.', dot + 1)) {
      if (allowed.contains(origin.substring(0, hostAt) + "*" + origin.substring(dot))) {
        return true;
      }
    }
    return false;
  }

  /** The scheme may differ: TLS often ends in front of us. */
  private static boolean isSame(String pageHost, String origin, Authority host) {
    Authority page = Authority.tryParse(pageHost);
    return page != null && page.isSameAs(host, origin.startsWith("https:") ? 443 : 80);
  }
}
