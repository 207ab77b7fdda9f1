package dev.weir.app.config;

import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Matches;
import org.jspecify.annotations.Nullable;

/** TLS with Redis. */
@Doc("How TLS is spoken with Redis.")
public record RedisTlsSettings(
    @Doc(
            "A file with the authorities of its certificate in PEM, instead of those that Java trusts.")
        @Matches(regex = ".+", expected = "a file")
        @Nullable String ca,
    @Doc("`full`: the certificate has to be for the host that is asked for; `ca`: for any.")
        @Default("full")
        Verification verification) {

  /** What is asked of its certificate. */
  public enum Verification {
    FULL,
    CA
  }
}
