package dev.weir.app.config;

import dev.weir.app.config.binding.ScalarType;
import java.util.List;

/** A version of TLS; those before are broken (RFC 8996). */
public enum TlsVersion {
  V1_2("TLSv1.2"),
  V1_3("TLSv1.3");

  static final ScalarType<TlsVersion> TYPE =
      new ScalarType<>(
          TlsVersion.class,
          "version",
          "TLSv1.2 or TLSv1.3",
          "",
          "A version of TLS: `TLSv1.2` or `TLSv1.3`.",
          new ScalarType.Form.OneOf(List.of("TLSv1.2", "TLSv1.3")),
          text -> text.equals("TLSv1.2") ? V1_2 : text.equals("TLSv1.3") ? V1_3 : null);

  private final String text;

  TlsVersion(String text) {
    this.text = text;
  }

  /** This version and those after it, as Java calls them. */
  public List<String> andLater() {
    return this == V1_3 ? List.of("TLSv1.3") : List.of("TLSv1.3", "TLSv1.2");
  }

  @Override
  public String toString() {
    return text;
  }
}
