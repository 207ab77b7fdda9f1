package dev.weir.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose word is taken for who the client is.
 *
 * <p>The list of addresses that proxies leave in {@code X-Forwarded-For} is walked from the right,
 * from the peer of our own connection backwards, as long as each one is a proxy that is trusted;
 * the first that is not is the client. What stands further left was written by that client, and is
 * not believed.
 */
public final class TrustedProxies {

  private static final int MAX_HOPS = 32;

  private final List<IpRange> ranges;

  public TrustedProxies(List<IpRange> ranges) {
    this.ranges = List.copyOf(ranges);
  }

  /** Who asks, where {@code host} and {@code scheme} are what the request itself says. */
  public Client client(
      IpAddress peer, HttpHeaders headers, Authority host, String scheme, HttpVersion version) {
    if (!isTrusted(peer)) {
      return new Client(peer, peer, scheme, host, false, version);
    }
    String saidScheme = lastElement(headers.getAll(Fields.X_FORWARDED_PROTO));
    String saidHost = lastElement(headers.getAll(Fields.X_FORWARDED_HOST));
    Authority believedHost = saidHost == null ? null : Authority.tryParse(saidHost);
    boolean isScheme = "http".equals(saidScheme) || "https".equals(saidScheme);
    return new Client(
        peer,
        walk(peer, headers.getAll(Fields.X_FORWARDED_FOR)),
        isScheme && saidScheme != null ? saidScheme : scheme,
        believedHost == null ? host : believedHost,
        true,
        version);
  }

  /** Whether this is one of them. */
  public boolean isTrusted(IpAddress address) {
    for (IpRange range : ranges) {
      if (range.contains(address)) {
        return true;
      }
    }
    return false;
  }

  private IpAddress walk(IpAddress peer, List<String> fields) {
    IpAddress client = peer;
    int hops = 0;
    for (int i = fields.size() - 1; i >= 0; i--) {
      String field = fields.get(i);
      int end = field.length();
      while (end >= 0) {
        int comma = field.lastIndexOf(',', end - 1);
        IpAddress earlier = addressOf(field.substring(comma + 1, end).trim());
        if (earlier == null || ++hops > MAX_HOPS) {
          return client;
        }
        client = earlier;
        if (!isTrusted(client)) {
          return client;
        }
        end = comma;
      }
    }
    return client;
  }

  /** An address with or without a port; null for anything else, {@code unknown} included. */
  private static @Nullable IpAddress addressOf(String element) {
    int colon = element.indexOf(':');
    if (element.startsWith("[")) {
      int close = element.indexOf(']');
      boolean isIpv6 = colon > 0 && colon < close && isPortOrNothing(element, close + 1);
      return isIpv6 ? IpAddress.parse(element.substring(1, close)) : null;
    }
    if (colon != element.lastIndexOf(':')) {
      return IpAddress.parse(element);
    }
    int end = colon < 0 ? element.length() : colon;
    return isPortOrNothing(element, end) ? IpAddress.parse(element.substring(0, end)) : null;
  }

  private static boolean isPortOrNothing(String element, int from) {
    int digits = element.length() - from - 1;
    return digits == -1
        || element.charAt(from) == ':'
            && digits >= 1
            && digits <= 5
            && element.chars().skip(from + 1L).allMatch(c -> c >= '0' && c <= '9');
  }

  private static @Nullable String lastElement(List<String> fields) {
    if (fields.isEmpty()) {
      return null;
    }
    String field = fields.get(fields.size() - 1);
    return AsciiCase.lower(field.substring(field.lastIndexOf(',') + 1).trim());
  }
}
