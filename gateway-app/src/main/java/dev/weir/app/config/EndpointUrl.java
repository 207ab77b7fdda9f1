package dev.weir.app.config;

import dev.weir.app.config.binding.ScalarType;
import dev.weir.http.Authority;
import dev.weir.upstream.Endpoint;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where an endpoint is: {@code http://10.0.0.7:8080}, {@code https://orders.internal}.
 *
 * @param scheme {@code http} or {@code https}
 */
public record EndpointUrl(String scheme, Authority authority) {

  private static final Pattern PATTERN =
      Pattern.compile("(https?)://([^/]+)/?", Pattern.CASE_INSENSITIVE);

  static final ScalarType<EndpointUrl> TYPE =
      new ScalarType<>(
          EndpointUrl.class,
          "endpoint",
          "an endpoint",
          "like http://10.0.0.7:8080 or https://orders.internal, without a path",
          "`http://` or `https://`, a host, and a port where it is not 80 or 443; no path, no"
              + " query, no user.",
          new ScalarType.Form.Matching("[Hh][Tt][Tt][Pp][Ss]?://[^/@?#]+/?"),
          EndpointUrl::parse);

  /** Null if it is not such an address. */
  public static @Nullable EndpointUrl parse(String text) {
    Matcher parts = PATTERN.matcher(text);
    Authority authority = parts.matches() ? HostText.parse(parts.group(2)) : null;
    return authority == null
        ? null
        : new EndpointUrl(parts.group(1).toLowerCase(Locale.ROOT), authority);
  }

  /** Whether both are one endpoint, however they are written. */
  boolean isSameAs(EndpointUrl other) {
    int defaultPort = scheme.equals("https") ? 443 : 80;
    return scheme.equals(other.scheme) && authority.isSameAs(other.authority, defaultPort);
  }

  /** A new one, that nobody is with. */
  public Endpoint endpoint() {
    return new Endpoint(scheme, authority);
  }

  @Override
  public String toString() {
    return scheme + "://" + authority;
  }
}
