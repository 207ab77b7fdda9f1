package dev.weir.app;

import dev.weir.app.cli.Console;
import dev.weir.app.cli.Program;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;

/** The program. Its exit code is 0, 1 if something failed, 2 if it was called in a wrong way. */
public final class Main {

  private Main() {}

  public static void main(String[] arguments) {
    Charset charset = Charset.defaultCharset();
    Console console =
        new Console(
            new PrintWriter(System.out, true, charset), new PrintWriter(System.err, true, charset));
    int code = program().execute(console, arguments);
    if (code != 0) {
      System.exit(code);
    }
  }

  static Program program() {
    return new Program(
        "gateway",
        "Weir, a reactive gateway for HTTP and WebSocket services.",
        "weir 0.1.0",
        List.of(
            new RunCommand(),
            new CheckCommand(),
            new DemoCommand(),
            new SchemaCommand(),
            new PrepareCommand()));
  }
}
