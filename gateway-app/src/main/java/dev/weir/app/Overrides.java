package dev.weir.app;

import dev.weir.app.config.EndpointUrl;
import dev.weir.app.config.ListenAddress;
import dev.weir.app.config.binding.Overlay;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a command line says of addresses, above what a file says. */
final class Overrides {

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS",
      description = "Where clients connect, whatever the file says; else 127.0.0.1:8080.")
  private @Nullable String listen;

  @Option(
      names = "--admin",
      paramLabel = "ADDRESS",
      description = {
        "The admin listener, whatever the file says; else 127.0.0.1:9901.",
        "Other than loopback wants a token, in the file or in WEIR_ADMIN_TOKEN."
      })
  private @Nullable String admin;

  /** What can't be understood, or null. */
  @Nullable String problem() {
    String wrong = problem("--listen", listen);
    return wrong != null ? wrong : problem("--admin", admin);
  }

  private static @Nullable String problem(String option, @Nullable String address) {
    return address == null || ListenAddress.parse(address) != null
        ? null
        : option + ": \"" + address + "\" (expected: an address like 127.0.0.1:8080)";
  }

  /**
   * As values of settings.
   *
   * @param token of the admin listener where the file has none, or null
   */
  List<Overlay> overlays(@Nullable String token) {
    List<Overlay> overlays = new ArrayList<>();
    if (listen != null) {
      overlays.add(new Overlay(List.of("listen"), listen, false));
    }
    if (admin != null) {
      overlays.add(new Overlay(List.of("admin", "address"), admin, false));
    }
    if (token != null) {
      overlays.add(new Overlay(List.of("admin", "token"), token, true));
    }
    return overlays;
  }

  /** The configuration that sends all requests to one endpoint. */
  static String proxyTo(EndpointUrl endpoint) {
    return """
        upstreams:
          upstream: ["%s"]
        routes:
          - id: all
            to: upstream
        """
        .formatted(endpoint);
  }
}
