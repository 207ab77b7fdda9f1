package dev.weir.http;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address as a number. An IPv4 address inside IPv6 ({@code ::ffff:a.b.c.d}) is the
 * IPv4 address, so that one client has one form.
 *
 * <p>Only the strict spellings are read: four decimal numbers without leading zeros, or RFC 4291
 * §2.2 without a zone.
 */
public final class IpAddress {

  private static final long MAPPED = 0xFFFF_0000_0000L;

  private final boolean isIpv4;
  private final long high;
  private final long low;

  /** Made when somebody asks; whoever makes it makes the same. */
  private @Nullable String text;

  private IpAddress(boolean isIpv4, long high, long low) {
    this.isIpv4 = isIpv4;
    this.high = high;
    this.low = low;
  }

  /** Null if {@code text} is not an address. */
  public static @Nullable IpAddress parse(String text) {
    if (text.indexOf(':') >= 0) {
      return parseIpv6(text);
    }
    long value = parseIpv4(text, 0, text.length());
    return value < 0 ? null : new IpAddress(true, 0, value);
  }

  public static IpAddress of(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 4) {
      return new IpAddress(true, 0, number(bytes, 0, 4));
    }
    return ipv6(number(bytes, 0, 8), number(bytes, 8, 8));
  }

  /** The IPv4 address with this number; 0 for {@code 0.0.0.0}. */
  public static IpAddress ofNumber(int number) {
    return new IpAddress(true, 0, number & 0xFFFF_FFFFL);
  }

  private static long number(byte[] bytes, int from, int count) {
    long value = 0;
    for (int i = from; i < from + count; i++) {
      value = value << 8 | bytes[i] & 0xFF;
    }
    return value;
  }

  private static IpAddress ipv6(long high, long low) {
    boolean isMapped = high == 0 && low >>> 32 == MAPPED >>> 32;
    return isMapped ? new IpAddress(true, 0, low & 0xFFFF_FFFFL) : new IpAddress(false, high, low);
  }

  private static long parseIpv4(String text, int from, int to) {
    long value = 0;
    int position = from;
    for (int part = 0; part < 4; part++) {
      int number = 0;
      int start = position;
      while (position < to && Character.digit(text.charAt(position), 10) >= 0) {
        char c = text.charAt(position);
        if (c > '9' || position - start == 3 || position > start && number == 0) {
          return -1;
        }
        number = number * 10 + (c - '0');
        position++;
      }
      if (position == start || number > 255) {
        return -1;
      }
      value = value << 8 | number;
      if (part < 3 && (position >= to || text.charAt(position++) != '.')) {
        return -1;
      }
    }
    return position == to ? value : -1;
  }

  private static @Nullable IpAddress parseIpv6(String text) {
    int[] groups = new int[8];
    int count = 0;
    int gap = -1;
    int position = 0;
    int length = text.length();
    if (text.startsWith("::")) {
      gap = 0;
      position = 2;
    } else if (text.startsWith(":")) {
      return null;
    }
    while (position < length) {
      int end = endOfGroup(text, position);
      if (end < length && text.charAt(end) == '.') {
        long ipv4 = count <= 6 ? parseIpv4(text, position, length) : -1;
        if (ipv4 < 0) {
          return null;
        }
        groups[count++] = (int) (ipv4 >>> 16);
        groups[count++] = (int) (ipv4 & 0xFFFF);
        break;
      }
      if (end == position || end - position > 4 || count == 8) {
        return null;
      }
      groups[count++] = Integer.parseInt(text, position, end, 16);
      if (end == length) {
        break;
      }
      position = end + 1;
      if (position < length && text.charAt(position) == ':') {
        if (gap >= 0) {
          return null;
        }
        gap = count;
        position++;
      } else if (position == length) {
        return null;
      }
    }
    return gap < 0 && count < 8 || gap >= 0 && count == 8 ? null : fromGroups(groups, count, gap);
  }

  /** The end of the hexadecimal digits; a colon or a dot may stand there, anything else may not. */
  private static int endOfGroup(String text, int from) {
    int end = from;
    while (end < text.length() && isHexadecimal(text.charAt(end))) {
      end++;
    }
    boolean isSeparated =
        end == text.length() || text.charAt(end) == ':' || text.charAt(end) == '.';
    return isSeparated ? end : from;
  }

  private static boolean isHexadecimal(char c) {
    return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
  }

  private static IpAddress fromGroups(int[] groups, int count, int gap) {
    int[] all = new int[8];
    int before = gap < 0 ? 8 : gap;
    System.arraycopy(groups, 0, all, 0, before);
    if (gap >= 0) {
      System.arraycopy(groups, gap, all, 8 - (count - gap), count - gap);
    }
    long high = 0;
    long low = 0;
    for (int i = 0; i < 4; i++) {
      high = high << 16 | all[i];
      low = low << 16 | all[i + 4];
    }
    return ipv6(high, low);
  }

  public boolean isIpv4() {
    return isIpv4;
  }

  /** 32 or 128. */
  public int bits() {
    return isIpv4 ? 32 : 128;
  }

  /** Whether the first {@code prefix} bits of both are equal, and both are of one family. */
  public boolean hasPrefix(IpAddress other, int prefix) {
    if (isIpv4 != other.isIpv4) {
      return false;
    }
    if (isIpv4) {
      return prefix == 0 || (low ^ other.low) >>> 32 - prefix == 0;
    }
    long highDifference = high ^ other.high;
    if (prefix <= 64) {
      return prefix == 0 || highDifference >>> 64 - prefix == 0;
    }
    return highDifference == 0 && (low ^ other.low) >>> 128 - prefix == 0;
  }

  /** This address with all bits behind the first {@code prefix} cleared. */
  public IpAddress masked(int prefix) {
    if (isIpv4) {
      return new IpAddress(true, 0, prefix == 0 ? 0 : low & -1L << 32 - prefix);
    }
    long highMask = prefix == 0 ? 0 : prefix >= 64 ? -1L : -1L << 64 - prefix;
    long lowMask = prefix <= 64 ? 0 : -1L << 128 - prefix;
    return new IpAddress(false, high & highMask, low & lowMask);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof IpAddress that
        && isIpv4 == that.isIpv4
        && high == that.high
        && low == that.low;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(high * 31 + low);
  }

  /** The one canonical text (RFC 5952 §4). */
  @Override
  public String toString() {
    String known = text;
    if (known == null) {
      known = makeText();
      text = known;
    }
    return known;
  }

  private String makeText() {
    if (isIpv4) {
      return (low >>> 24) + "." + (low >>> 16 & 255) + "." + (low >>> 8 & 255) + "." + (low & 255);
    }
    int gapStart = -1;
    int gapLength = 1;
    for (int i = 0; i < 8; ) {
      int zeros = 0;
      while (i + zeros < 8 && group(i + zeros) == 0) {
        zeros++;
      }
      if (zeros > gapLength) {
        gapStart = i;
        gapLength = zeros;
      }
      i += zeros + 1;
    }
    StringBuilder text = new StringBuilder(39);
    for (int i = 0; i < 8; i++) {
      if (i == gapStart) {
        text.append("::");
        i += gapLength - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(group(i)));
    }
    return text.toString();
  }

  private int group(int index) {
    long half = index < 4 ? high : low;
    return (int) (half >>> 48 - 16 * (index & 3) & 0xFFFF);
  }
}
