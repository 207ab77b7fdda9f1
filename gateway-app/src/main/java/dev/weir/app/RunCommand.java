package dev.weir.app;

import dev.weir.app.config.EndpointUrl;
import dev.weir.app.config.Settings;
import dev.weir.app.config.SettingsReader;
import dev.weir.app.config.binding.Overlay;
import dev.weir.app.config.binding.Reading;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a gateway until it is told to stop. */
@Command(
    name = "run",
    description = {
      "Runs a configuration, or without one proxies to a single address.",
      "Stops on SIGTERM and SIGINT, once all requests have ended."
    },
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The configuration, in YAML; see also the command check.")
  private @Nullable Path file;

  @Option(
      names = "--to",
      paramLabel = "URL",
      description = {"Without a file: where to send all requests,", "like http://127.0.0.1:9000."})
  private @Nullable String to;

  @Mixin private Overrides overrides;

  @Override
  public Integer call() {
    Reading<Settings> reading = read();
    PrintWriter err = spec.commandLine().getErr();
    reading.problems().forEach(err::println);
    if (!(reading instanceof Reading.Accepted<Settings> accepted)) {
      return 1;
    }
    return GatewayProcess.run(accepted.settings(), err, gateway -> {});
  }

  private Reading<Settings> read() {
    String problem = overrides.problem();
    if (problem != null) {
      throw misused(problem);
    }
    SettingsReader reader = new SettingsReader(System::getenv);
    List<Overlay> overlays = overrides.overlays(System.getenv("WEIR_ADMIN_TOKEN"));
    Path given = file;
    if (given != null && to == null) {
      return reader.read(given, overlays);
    }
    if (given != null || to == null) {
      throw misused("expected: either a configuration file, or --to URL");
    }
    EndpointUrl endpoint = EndpointUrl.parse(to);
    if (endpoint == null) {
      throw misused(
          "--to: \""
              + to
              + "\" (expected: an endpoint like http://127.0.0.1:9000, without a path)");
    }
    return reader.read("command line", Overrides.proxyTo(endpoint), overlays);
  }

  private ParameterException misused(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
