package dev.weir.app;

import dev.weir.app.config.Settings;
import dev.weir.app.config.SettingsReader;
import dev.weir.app.config.binding.Reading;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what is wrong with a configuration, all of it in one go. */
@Command(
    name = "check",
    description = "Says what is wrong with a configuration; exit code 0 if nothing, else 1.",
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The configuration, in YAML.")
  private Path file;

  @Override
  public Integer call() {
    Reading<Settings> reading = new SettingsReader(System::getenv).read(file);
    PrintWriter out = spec.commandLine().getOut();
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
