package dev.weir.app.config;

import dev.weir.app.config.binding.Checked;
import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Matches;
import dev.weir.app.config.binding.Problems;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** TLS with endpoints. */
@Doc("How TLS is spoken with endpoints that begin with `https://`.")
public record UpstreamTlsSettings(
    @Doc("The authorities of endpoints' certificates in PEM, instead of those that Java trusts.")
        @Nullable Path ca,
    @Doc("The gateway's own certificate in PEM, for endpoints that ask who it is.")
        @Nullable Path certificate,
    @Doc("The private key of `certificate` in PEM, not encrypted.") @Nullable Path key,
    @Doc(
            "The name that endpoints are asked for (SNI) and whose certificate they have to show."
                + " Default: the host of the endpoint.")
        @Matches(regex = "[A-Za-z0-9]([A-Za-z0-9.-]{0,252})", expected = "a host name")
        @Nullable String serverName,
    @Doc("The oldest version that is spoken.") @Default("TLSv1.2") TlsVersion minVersion,
    @Doc(
            "Whether an endpoint's certificate is checked. `dangerously-none` accepts any, and with"
                + " it whoever stands between: for a test, never where it matters.")
        @Default("full")
        Verification verification)
    implements Checked {

  /** What is asked of an endpoint's certificate. */
  public enum Verification {
    /** That it is of an authority that is trusted, in force, and for that name. */
    FULL,
    DANGEROUSLY_NONE
  }

  @Override
  public void check(Problems at) {
    if (certificate != null && key == null) {
      at.report("key", "the file of the certificate's key");
    }
    if (key != null && certificate == null) {
      at.report("certificate", "the file of the certificate that the key is of");
    }
    if (verification == Verification.DANGEROUSLY_NONE) {
      at.warn("any certificate is accepted, and with it anybody between us and the endpoint");
    }
  }
}
