package dev.weir.app.config;

import dev.weir.app.config.binding.Checked;
import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Problems;
import dev.weir.app.config.binding.Range;
import dev.weir.app.config.binding.Shorthand;
import java.util.Set;

/** Another address that the client is sent to. */
@Doc("Another address that the client is sent to.")
@Shorthand("to")
public record RedirectSettings(
    @Doc(
            "An `http` or `https` address, or a path. `{id}` in its path stands for a parameter of"
                + " the route's path, a final `*` for what follows its prefix. The query goes along,"
                + " unless the address has one.")
        String to,
    @Doc("301, 302, 303, 307 or 308. With 307 and 308 the method stays the same.")
        @Default("308")
        @Range(min = "301", max = "308")
        int status)
    implements Checked {

  /** RFC 9110 §15.4. */
  private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

  @Override
  public void check(Problems at) {
    if (!STATUSES.contains(status)) {
      at.report("status", "301, 302, 303, 307 or 308");
    }
  }
}
