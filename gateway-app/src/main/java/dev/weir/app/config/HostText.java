package dev.weir.app.config;

import dev.weir.http.Authority;
import dev.weir.http.IpAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a host as settings write it, with or without a port. */
final class HostText {

  /** What looks so is meant for an IPv4 address, though DNS would take it for a name. */
  private static final Pattern NUMERIC = Pattern.compile("[0-9.]+");

  private HostText() {}

  /** Null if it is neither a name nor an address. */
  static @Nullable Authority parse(String text) {
    Authority authority = Authority.tryParse(text);
    if (authority == null) {
      return null;
    }
    String host = authority.host();
    boolean isBroken = NUMERIC.matcher(host).matches() && IpAddress.parse(host) == null;
    return isBroken ? null : authority;
  }
}
