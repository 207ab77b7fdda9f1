package dev.weir.app;

import dev.weir.app.cli.Arguments;
import dev.weir.app.cli.Description.Option;
import dev.weir.app.cli.MisuseException;
import dev.weir.app.config.EndpointUrl;
import dev.weir.app.config.ListenAddress;
import dev.weir.app.config.binding.Overlay;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a command line says of addresses, above what a file says. */
final class Overrides {

  private static final Option LISTEN =
      new Option(
          "--listen",
          "ADDRESS",
          List.of("Where clients connect, whatever the file says;", "else 127.0.0.1:8080."));

  private static final Option ADMIN =
      new Option(
          "--admin",
          "ADDRESS",
          List.of(
              "The admin listener, whatever the file says;",
              "else 127.0.0.1:9901. Other than loopback wants a",
              "token, in the file or in WEIR_ADMIN_TOKEN."));

  static final List<Option> OPTIONS = List.of(LISTEN, ADMIN);

  private final @Nullable String listen;
  private final @Nullable String admin;

  private Overrides(@Nullable String listen, @Nullable String admin) {
    this.listen = listen;
    this.admin = admin;
  }

  static Overrides of(Arguments arguments) throws MisuseException {
    return new Overrides(address(LISTEN, arguments), address(ADMIN, arguments));
  }

  private static @Nullable String address(Option option, Arguments arguments)
      throws MisuseException {
    String address = arguments.option(option.name());
    if (address != null && ListenAddress.parse(address) == null) {
      throw new MisuseException(
          option.name() + ": \"" + address + "\" (expected: an address like 127.0.0.1:8080)");
    }
    return address;
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
