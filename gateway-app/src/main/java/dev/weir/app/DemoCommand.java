package dev.weir.app;

import dev.weir.app.cli.Arguments;
import dev.weir.app.cli.Command;
import dev.weir.app.cli.Console;
import dev.weir.app.cli.Description;
import dev.weir.app.cli.MisuseException;
import dev.weir.app.config.Settings;
import dev.weir.app.config.SettingsReader;
import dev.weir.app.config.binding.Reading;
import dev.weir.app.demo.DemoUpstreams;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import reactor.netty.resources.LoopResources;

/** Runs a gateway in front of upstreams that are part of the program. */
final class DemoCommand implements Command {

  @Override
  public Description description() {
    return new Description(
        "demo",
        List.of("Runs the gateway with upstreams inside, and says what to try."),
        null,
        Overrides.OPTIONS);
  }

  @Override
  public int run(Arguments arguments, Console console) throws MisuseException {
    Overrides overrides = Overrides.of(arguments);
    PrintWriter err = console.err();
    DemoUpstreams upstreams = DemoUpstreams.start(LoopResources.create("demo-upstreams", 1, true));
    Reading<Settings> reading =
        new SettingsReader(System::getenv)
            .read(
                "demo.yaml",
                configuration(upstreams),
                overrides.overlays(System.getenv("WEIR_ADMIN_TOKEN")));
    reading.problems().forEach(err::println);
    if (!(reading instanceof Reading.Accepted<Settings> accepted)) {
      return 1;
    }
    return GatewayProcess.run(
        accepted.settings(), err, gateway -> sayWhatToTry(gateway, console.out()));
  }

  private static void sayWhatToTry(Gateway gateway, PrintWriter out) {
    out.print(
        resource("demo.txt")
            .replace("GATEWAY", "127.0.0.1:" + gateway.address().getPort())
            .replace("ADMIN", "127.0.0.1:" + gateway.adminAddress().getPort()));
    out.flush();
  }

  /** The demo's configuration, with the addresses of its upstreams. */
  static String configuration(DemoUpstreams upstreams) {
    return resource("demo.yaml").replace("UPSTREAMS", "http://127.0.0.1:" + upstreams.port());
  }

  private static String resource(String name) {
    try (InputStream in = DemoCommand.class.getResourceAsStream("demo/" + name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
