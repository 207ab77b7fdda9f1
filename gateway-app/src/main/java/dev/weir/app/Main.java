package dev.weir.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program. Its exit code is 0, 1 if something failed, 2 if it was called in a wrong way. */
@Command(
    name = "gateway",
    description = "Weir, a reactive gateway for HTTP and WebSocket services.",
    mixinStandardHelpOptions = true,
    version = "weir 0.1.0",
    subcommands = {
      RunCommand.class,
      CheckCommand.class,
      DemoCommand.class,
      SchemaCommand.class,
      PrepareCommand.class
    })
public final class Main {

  private Main() {}

  public static void main(String[] arguments) {
    int code = commandLine().execute(arguments);
    if (code != 0) {
      System.exit(code);
    }
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main()).setUsageHelpAutoWidth(true);
  }
}
