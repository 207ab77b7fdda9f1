package dev.weir.http;

import org.jspecify.annotations.Nullable;

/** A block of addresses, written {@code 10.0.0.0/8}, {@code fd00::/8}, or as one address. */
public record IpRange(IpAddress first, int prefix) {

  /** Null if {@code text} is not a range, or has bits set behind its prefix. */
  public static @Nullable IpRange parse(String text) {
    int slash = text.indexOf('/');
    IpAddress first = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
    if (first == null) {
      return null;
    }
    int prefix = slash < 0 ? first.bits() : prefixOf(text.substring(slash + 1));
    boolean isExact = prefix >= 0 && prefix <= first.bits() && first.masked(prefix).equals(first);
    return isExact ? new IpRange(first, prefix) : null;
  }

  private static int prefixOf(String digits) {
    boolean isNumber =
        !digits.isEmpty()
            && digits.length() <= 3
            && (digits.length() == 1 || digits.charAt(0) != '0')
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    return isNumber ? Integer.parseInt(digits) : -1;
  }

  public boolean contains(IpAddress address) {
    return first.hasPrefix(address, prefix);
  }

  @Override
  public String toString() {
    return first + "/" + prefix;
  }
}
