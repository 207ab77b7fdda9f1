package dev.weir.app.config;

import dev.weir.app.config.binding.Checked;
import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Problems;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** TLS with Redis. */
@Doc("How TLS is spoken with Redis.")
public record RedisTlsSettings(
    @Doc(
            "A file with the authorities of its certificate in PEM, instead of those that Java trusts.")
        @Nullable Path ca,
    @Doc("The gateway's own certificate in PEM, for a Redis that asks who it is.")
        @Nullable Path certificate,
    @Doc("The private key of `certificate` in PEM, not encrypted.") @Nullable Path key,
    @Doc("`full`: the certificate has to be for the host that is asked for; `ca`: for any.")
        @Default("full")
        Verification verification)
    implements Checked {

  /** What is asked of its certificate. */
  public enum Verification {
    FULL,
    CA
  }

  @Override
  public void check(Problems at) {
    if (certificate != null && key == null) {
      at.report("key", "the file of the certificate's key");
    }
    if (key != null && certificate == null) {
      at.report("certificate", "the file of the certificate that the key is of");
    }
  }
}
