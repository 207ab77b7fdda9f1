package dev.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** The run in which Java notes what a start loads. */
final class PrepareCommandTest {

  @Test
  void asksTheDemoForEverythingAndEnds() {
    StringWriter err = new StringWriter();

    int code = Main.commandLine().setErr(new PrintWriter(err)).execute("prepare");

    assertThat(err.toString()).isEmpty();
    assertThat(code).isZero();
  }
}
