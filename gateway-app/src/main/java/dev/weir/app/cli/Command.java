package dev.weir.app.cli;

import java.io.IOException;

/** One thing that a program can be asked to do. */
public interface Command {

  /** What can be said to it. */
  Description description();

  /**
   * Does it; blocks until it is done.
   *
   * @return the exit code: 0, or 1 if something failed, which the console has been told
   * @throws MisuseException if the arguments say what can't be meant
   * @throws IOException if something fails that no one should have to expect
   */
  int run(Arguments arguments, Console console) throws MisuseException, IOException;
}
