package dev.weir.app;

import dev.weir.app.config.SettingsReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what an editor wants to know about configuration files. */
@Command(
    name = "schema",
    description = "Prints the JSON Schema of configuration files, for editors.",
    mixinStandardHelpOptions = true)
final class SchemaCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().getOut().println(SettingsReader.schema());
  }
}
