package dev.weir.app;

import dev.weir.app.cli.Arguments;
import dev.weir.app.cli.Command;
import dev.weir.app.cli.Console;
import dev.weir.app.cli.Description;
import dev.weir.app.config.SettingsReader;
import java.util.List;

/** Prints what an editor wants to know about configuration files. */
final class SchemaCommand implements Command {

  @Override
  public Description description() {
    return new Description(
        "schema",
        List.of("Prints the JSON Schema of configuration files, for editors."),
        null,
        List.of());
  }

  @Override
  public int run(Arguments arguments, Console console) {
    console.out().println(SettingsReader.schema());
    return 0;
  }
}
