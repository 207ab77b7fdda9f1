package dev.weir.app.cli;

import dev.weir.app.config.binding.Nearest;
import dev.weir.http.Quoted;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A set of commands under one name, of which a command line asks for one.
 *
 * <p>Read by hand: to start is what the program is most often asked for, and to read annotations
 * for it took longer than to start.
 */
public final class Program {

  private static final int FAILED = 1;
  private static final int MISUSED = 2;

  private final String name;
  private final String text;
  private final String version;
  private final List<Command> commands;

  /**
   * A program that has yet to be asked.
   *
   * @param name what it is called by
   * @param text what it is, in one line
   * @param version what it answers to {@code --version}
   */
  public Program(String name, String text, String version, List<Command> commands) {
    this.name = name;
    this.text = text;
    this.version = version;
    this.commands = List.copyOf(commands);
  }

  /**
   * Does what is asked for; blocks until that is done.
   *
   * @return the exit code: 0, or 1 if something failed, or 2 if the arguments can't be meant
   */
  public int execute(Console console, String... arguments) {
    List<String> words = List.of(arguments);
    Command command = words.isEmpty() ? null : command(words.get(0));
    try {
      if (answered(command, words, console)) {
        return 0;
      }
      if (command == null) {
        throw new MisuseException(noCommand(words));
      }
      Description description = command.description();
      return command.run(Arguments.read(description, words.subList(1, words.size())), console);
    } catch (MisuseException e) {
      sayWhatIsExpected(command, e, console);
      return MISUSED;
    } catch (IOException | RuntimeException e) {
      e.printStackTrace(console.err());
      return FAILED;
    } finally {
      console.out().flush();
      console.err().flush();
    }
  }

  private @Nullable Command command(String word) {
    for (Command command : commands) {
      if (command.description().name().equals(word)) {
        return command;
      }
    }
    return null;
  }

  /** Help and version go before all that may be wrong beside them. */
  private boolean answered(@Nullable Command command, List<String> words, Console console) {
    boolean wantsVersion = false;
    for (String word : words) {
      if (word.equals("--")) {
        break;
      }
      if (word.equals("-h") || word.equals("--help") || word.equals("-hV") || word.equals("-Vh")) {
        console.out().print(command == null ? help() : command.description().help(name));
        return true;
      }
      wantsVersion |= word.equals("-V") || word.equals("--version");
    }
    if (wantsVersion) {
      console.out().println(version);
    }
    return wantsVersion;
  }

  private String noCommand(List<String> words) {
    if (words.isEmpty()) {
      return "a command is missing (expected: " + String.join(", ", names()) + ")";
    }
    String word = words.get(0);
    return (Arguments.isOption(word) ? "unknown option " : "unknown command ")
        + Quoted.of(word)
        + " ("
        + Nearest.hint(word, names())
        + ")";
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    commands.forEach(command -> names.add(command.description().name()));
    return names;
  }

  private void sayWhatIsExpected(@Nullable Command command, MisuseException e, Console console) {
    String called = command == null ? name : name + " " + command.description().name();
    console.err().println(called + ": " + e.getMessage());
    console.err().println(command == null ? usage() : command.description().usage(name));
    console.err().println("\"" + called + " --help\" says more.");
  }

  private String usage() {
    return "Usage: " + name + " [-hV] COMMAND";
  }

  private String help() {
    HelpTable options = new HelpTable();
    options.addStandardOptions();
    HelpTable list = new HelpTable();
    for (Command command : commands) {
      Description description = command.description();
      list.add("  " + description.name(), description.text().subList(0, 1));
    }
    return usage() + "\n" + text + "\n" + options + "Commands:\n" + list;
  }
}
