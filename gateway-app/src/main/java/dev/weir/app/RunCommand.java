package dev.weir.app;

import dev.weir.app.cli.Arguments;
import dev.weir.app.cli.Command;
import dev.weir.app.cli.Console;
import dev.weir.app.cli.Description;
import dev.weir.app.cli.Description.Option;
import dev.weir.app.cli.Description.Parameter;
import dev.weir.app.cli.MisuseException;
import dev.weir.app.config.EndpointUrl;
import dev.weir.app.config.Settings;
import dev.weir.app.config.SettingsReader;
import dev.weir.app.config.binding.Overlay;
import dev.weir.app.config.binding.Reading;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a gateway until it is told to stop. */
final class RunCommand implements Command {

  private static final Option TO =
      new Option(
          "--to",
          "URL",
          List.of("Without a file: where to send all requests,", "like http://127.0.0.1:9000."));

  @Override
  public Description description() {
    List<Option> options = new ArrayList<>(Overrides.OPTIONS);
    options.add(TO);
    return new Description(
        "run",
        List.of(
            "Runs a configuration, or without one proxies to a single address.",
            "Stops on SIGTERM and SIGINT, once all requests have ended."),
        new Parameter(
            "FILE", false, List.of("The configuration, in YAML; see also the command check.")),
        options);
  }

  @Override
  public int run(Arguments arguments, Console console) throws MisuseException {
    Reading<Settings> reading = read(arguments);
    PrintWriter err = console.err();
    reading.problems().forEach(err::println);
    if (!(reading instanceof Reading.Accepted<Settings> accepted)) {
      return 1;
    }
    return GatewayProcess.run(accepted.settings(), err, gateway -> {});
  }

  private static Reading<Settings> read(Arguments arguments) throws MisuseException {
    Overrides overrides = Overrides.of(arguments);
    SettingsReader reader = new SettingsReader(System::getenv);
    List<Overlay> overlays = overrides.overlays(System.getenv("WEIR_ADMIN_TOKEN"));
    String file = arguments.parameter();
    String to = arguments.option(TO.name());
    if (file != null && to == null) {
      return reader.read(Path.of(file), overlays);
    }
    if (file != null || to == null) {
      throw new MisuseException("expected: either a configuration file, or --to URL");
    }
    EndpointUrl endpoint = EndpointUrl.parse(to);
    if (endpoint == null) {
      throw new MisuseException(
          "--to: \""
              + to
              + "\" (expected: an endpoint like http://127.0.0.1:9000, without a path)");
    }
    return reader.read("command line", Overrides.proxyTo(endpoint), overlays);
  }
}
