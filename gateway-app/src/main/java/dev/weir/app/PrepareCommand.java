package dev.weir.app;

import dev.weir.app.cli.Arguments;
import dev.weir.app.cli.Command;
import dev.weir.app.cli.Console;
import dev.weir.app.cli.Description;
import dev.weir.app.config.Settings;
import dev.weir.app.config.SettingsReader;
import dev.weir.app.config.binding.Overlay;
import dev.weir.app.config.binding.Reading;
import dev.weir.app.demo.DemoUpstreams;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import reactor.netty.resources.LoopResources;

/**
 * Runs the demo for a moment, on free ports, and asks it for everything there is. The launcher has
 * Java note what that loads, so that later starts need not look for it.
 */
final class PrepareCommand implements Command {

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  @Override
  public Description description() {
    return new Description(
        "prepare",
        List.of("Makes later starts faster, for the Java that runs this."),
        null,
        List.of());
  }

  @Override
  public int run(Arguments arguments, Console console) throws IOException {
    LoopResources loops = LoopResources.create("demo-upstreams", 1, true);
    DemoUpstreams upstreams = DemoUpstreams.start(loops);
    try {
      return rehearse(upstreams, console.err());
    } finally {
      upstreams.close().block(CLOSE_LIMIT);
      loops.disposeLater(Duration.ZERO, CLOSE_LIMIT).block(CLOSE_LIMIT);
    }
  }

  private int rehearse(DemoUpstreams upstreams, PrintWriter err) throws IOException {
    if (!(settings(DemoCommand.configuration(upstreams))
        instanceof Reading.Accepted<Settings> accepted)) {
      err.println("gateway: the demo's settings are wrong");
      return 1;
    }
    Gateway gateway = Wiring.start(accepted.settings());
    List<String> failures;
    try {
      new Rehearsal(gateway.address(), gateway.adminAddress()).run();
    } finally {
      failures = gateway.stop();
    }
    failures.forEach(err::println);
    return failures.isEmpty() ? 0 : 1;
  }

  /** Those of the demo, in nobody's way. */
  static Reading<Settings> settings(String configuration) {
    return new SettingsReader(name -> null)
        .read(
            "demo.yaml",
            configuration,
            List.of(
                new Overlay(List.of("listen"), "127.0.0.1:0", false),
                new Overlay(List.of("admin", "address"), "127.0.0.1:0", false),
                new Overlay(List.of("access-log", "to"), "/dev/null", false)));
  }
}
