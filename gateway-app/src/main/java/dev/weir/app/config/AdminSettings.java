package dev.weir.app.config;

import dev.weir.app.config.binding.Checked;
import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Matches;
import dev.weir.app.config.binding.Problems;
import dev.weir.app.config.binding.Secret;
import dev.weir.app.config.binding.Shorthand;
import org.jspecify.annotations.Nullable;

/** The listener for those who run the gateway. */
@Doc("The listener for those who run the gateway; never the one that clients use.")
@Shorthand("address")
public record AdminSettings(
    @Doc("Where it listens. Anything but a loopback address needs a `token`.")
        @Default("127.0.0.1:9901")
        ListenAddress address,
    @Doc(
            "What has to be sent as `Authorization: Bearer <token>`. Best taken from the"
                + " environment: `${WEIR_ADMIN_TOKEN}`.")
        @Secret
        @Matches(
            regex = "[!-~]{16,512}",
            expected = "a token of 16 to 512 characters of visible ASCII")
        @Nullable String token)
    implements Checked {

  @Override
  public void check(Problems at) {
    if (token == null && !address.isLoopback()) {
      at.report("token", "a token, since " + address + " can be reached from other machines");
    }
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "AdminSettings[" + address + (token == null ? "]" : ", with a token]");
  }
}
