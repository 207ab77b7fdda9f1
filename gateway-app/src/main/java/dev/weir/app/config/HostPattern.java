package dev.weir.app.config;

import dev.weir.app.config.binding.ScalarType;
import dev.weir.http.Authority;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that a route is for: one name, or all below one.
 *
 * @param text {@code api.example.com} or {@code *.example.com}, in lower case, without a port
 */
public record HostPattern(String text) {

  private static final String ANY_BELOW = "*.";

  static final ScalarType<HostPattern> TYPE =
      new ScalarType<>(
          HostPattern.class,
          "host",
          "a host",
          "like api.example.com or *.example.com, without a port",
          "A host name or IP address without a port; `*.example.com` stands for all names below"
              + " `example.com`. Upper and lower case are the same.",
          new ScalarType.Form.Matching("(\\*\\.)?[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\]"),
          HostPattern::parse);

  /** Null if it is neither. */
  public static @Nullable HostPattern parse(String text) {
    boolean isSuffix = text.startsWith(ANY_BELOW);
    Authority name = HostText.parse(isSuffix ? text.substring(ANY_BELOW.length()) : text);
    if (name == null || name.port() >= 0) {
      return null;
    }
    return new HostPattern(isSuffix ? ANY_BELOW + name.host() : name.host());
  }

  @Override
  public String toString() {
    return text;
  }
}
