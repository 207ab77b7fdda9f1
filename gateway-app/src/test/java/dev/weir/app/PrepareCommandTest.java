package dev.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.cli.Console;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** The run in which Java notes what a start loads. */
final class PrepareCommandTest {

  @Test
  void asksTheDemoForEverythingAndEnds() {
    StringWriter err = new StringWriter();
    Console console = new Console(new PrintWriter(new StringWriter()), new PrintWriter(err));

    int code = Main.program().execute(console, "prepare");

    assertThat(err.toString()).isEmpty();
    assertThat(code).isZero();
  }
}
