package dev.weir.app.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be said to a command: the source of its help and of the reading of its arguments.
 *
 * @param name the word that asks for it
 * @param text what it does, in lines; the first stands for it in the list of all commands
 * @param parameter what may stand beside the options, or null
 * @param options besides {@code --help} and {@code --version}, which all commands have
 */
public record Description(
    String name, List<String> text, @Nullable Parameter parameter, List<Option> options) {

  /**
   * A word that is no option's.
   *
   * @param label stands for it in the help, in capitals
   */
  public record Parameter(String label, boolean isRequired, List<String> text) {

    String shown() {
      return isRequired ? label : "[" + label + "]";
    }
  }

  /**
   * A name that a value follows, as the next word or after an equals sign.
   *
   * @param name with its two hyphens
   * @param label stands for the value in the help, in capitals
   */
  public record Option(String name, String label, List<String> text) {

    String shown() {
      return name + "=" + label;
    }
  }

  /** Null if there is none of that name. */
  @Nullable Option option(String name) {
    for (Option option : options) {
      if (option.name().equals(name)) {
        return option;
      }
    }
    return null;
  }

  List<String> optionNames() {
    List<String> names = new ArrayList<>();
    options.forEach(option -> names.add(option.name()));
    names.add("--help");
    names.add("--version");
    return names;
  }

  /** How the command is called, in one line. */
  String usage(String program) {
    StringBuilder usage = new StringBuilder("Usage: " + program + " " + name + " [-hV]");
    options.forEach(option -> usage.append(" [").append(option.shown()).append(']'));
    if (parameter != null) {
      usage.append(' ').append(parameter.shown());
    }
    return usage.toString();
  }

  /** All there is to say, in lines. */
  String help(String program) {
    HelpTable table = new HelpTable();
    if (parameter != null) {
      table.add("      " + parameter.shown(), parameter.text());
    }
    options.forEach(option -> table.add("      " + option.shown(), option.text()));
    table.addStandardOptions();
    return usage(program) + "\n" + String.join("\n", text) + "\n" + table;
  }
}
