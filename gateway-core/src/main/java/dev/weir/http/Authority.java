package dev.weir.http;

import org.jspecify.annotations.Nullable;

/**
 * A host and an optional port, in one canonical form: lower case, without a trailing dot, an IPv6
 * address as short as it can be.
 *
 * @param host a name of letters, digits, {@code - . _}, an IPv4 address, or an IPv6 address in
 *     brackets ({@link IpAddress}); empty never
 * @param port 1 to 65535, or -1 if none was given
 * @param text both as one writes them; made once, for it is written more often than read
 */
public record Authority(String host, int port, String text) {

  private static final int MAX_LENGTH = 255;

  public Authority(String host, int port) {
    this(host, port, port == -1 ? host : host + ":" + port);
  }

  /**
   * Reads a Host field or the authority of an absolute target (RFC 9110 §7.2, RFC 3986 §3.2).
   *
   * <p>Stricter than the grammar: no user information, no percent-encoding, ASCII only.
   *
   * @throws FailureException {@link Failure#BAD_HOST}
   */
  public static Authority parse(String text) {
    int length = text.length();
    if (length == 0 || length > MAX_LENGTH) {
      throw bad(text, "1 to 255 characters");
    }
    boolean isIpv6 = text.charAt(0) == '[';
    int hostEnd = isIpv6 ? endOfIpv6(text) : endOfName(text);
    int port = hostEnd == length ? -1 : portOf(text, hostEnd);
    return new Authority(
        isIpv6 ? canonicalIpv6(text, hostEnd) : canonicalName(text, hostEnd), port);
  }

  /** Whether both name the same server, where {@code defaultPort} stands for a port left out. */
  public boolean isSameAs(Authority other, int defaultPort) {
    return host.equals(other.host)
        && orDefault(port, defaultPort) == orDefault(other.port, defaultPort);
  }

  private static int orDefault(int port, int defaultPort) {
    return port == -1 ? defaultPort : port;
  }

  private static int endOfIpv6(String text) {
    int end = text.indexOf(']');
    if (end < 0 || end + 1 < text.length() && text.charAt(end + 1) != ':') {
      throw bad(text, "an IPv6 address in brackets");
    }
    return end + 1;
  }

  private static int endOfName(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ':') {
        if (i == 0) {
          throw bad(text, "a host before the port");
        }
        return i;
      }
      if (!isNameCharacter(c)) {
        throw bad(text, "letters, digits, '-', '.' and '_'");
      }
    }
    return text.length();
  }

  private static boolean isNameCharacter(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '-'
        || c == '.'
        || c == '_';
  }

  private static int portOf(String text, int colon) {
    int digits = text.length() - colon - 1;
    if (digits == 0 || digits > 5) {
      throw bad(text, "a port from 1 to 65535");
    }
    int port = 0;
    for (int i = colon + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        throw bad(text, "a port from 1 to 65535");
      }
      port = port * 10 + (c - '0');
    }
    if (port == 0 || port > 65_535) {
      throw bad(text, "a port from 1 to 65535");
    }
    return port;
  }

  private static String canonicalIpv6(String text, int hostEnd) {
    String inBrackets = text.substring(1, hostEnd - 1);
    IpAddress address = inBrackets.indexOf(':') < 0 ? null : IpAddress.parse(inBrackets);
    if (address == null) {
      throw bad(text, "an IPv6 address in brackets");
    }
    return address.isIpv4() ? address.toString() : "[" + address + "]";
  }

  private static String canonicalName(String text, int hostEnd) {
    int end = hostEnd;
    if (end > 1 && text.charAt(end - 1) == '.') {
      end--;
    }
    if (text.charAt(0) == '.' || text.charAt(end - 1) == '.' || text.contains("..")) {
      throw bad(text, "labels that are not empty");
    }
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        return AsciiCase.lower(text.substring(0, end));
      }
    }
    return end == text.length() ? text : text.substring(0, end);
  }

  private static FailureException bad(String text, String expected) {
    return Failure.BAD_HOST.exception("host: " + Quoted.of(text) + " (expected: " + expected + ")");
  }

  /** As in a Host field. */
  @Override
  public String toString() {
    return text;
  }

  /** The host without the brackets of an IPv6 address, as a resolver wants it. */
  public String address() {
    return host.charAt(0) == '[' ? host.substring(1, host.length() - 1) : host;
  }

  /** The port, or what the scheme stands for. */
  public int portOr(int defaultPort) {
    return orDefault(port, defaultPort);
  }

  /** Null where {@code text} is no authority; for settings, which say it in their own words. */
  public static @Nullable Authority tryParse(String text) {
    try {
      return parse(text);
    } catch (FailureException notAnAuthority) {
      return null;
    }
  }
}
