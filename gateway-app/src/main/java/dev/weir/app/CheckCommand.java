package dev.weir.app;

import dev.weir.app.cli.Arguments;
import dev.weir.app.cli.Command;
import dev.weir.app.cli.Console;
import dev.weir.app.cli.Description;
import dev.weir.app.cli.Description.Parameter;
import dev.weir.app.config.Settings;
import dev.weir.app.config.SettingsReader;
import dev.weir.app.config.binding.Reading;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Says what is wrong with a configuration, all of it in one go. */
final class CheckCommand implements Command {

  @Override
  public Description description() {
    return new Description(
        "check",
        List.of("Says what is wrong with a configuration.", "The exit code is 0 if nothing is."),
        new Parameter("FILE", true, List.of("The configuration, in YAML.")),
        List.of());
  }

  @Override
  public int run(Arguments arguments, Console console) {
    Path file = Path.of(Objects.requireNonNull(arguments.parameter()));
    Reading<Settings> reading = new SettingsReader(System::getenv).read(file);
    PrintWriter out = console.out();
    reading.problems().forEach(out::println);
    if (!(reading instanceof Reading.Accepted<Settings> accepted)) {
      return 1;
    }
    Settings settings = accepted.settings();
    List<String> problems = TlsCheck.problems(settings);
    problems.forEach(problem -> out.println(file + ": " + problem));
    if (!problems.isEmpty()) {
      return 1;
    }
    out.printf(
        "%s: good (upstreams: %d, routes: %d)%n",
        file, settings.upstreams().size(), settings.routes().size());
    return 0;
  }
}
