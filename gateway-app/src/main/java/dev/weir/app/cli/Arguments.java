package dev.weir.app.cli;

import dev.weir.app.cli.Description.Option;
import dev.weir.app.cli.Description.Parameter;
import dev.weir.app.config.binding.Nearest;
import dev.weir.http.Quoted;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The words behind a command, by their meaning. Options may stand before and behind the parameter;
 * {@code --} ends them, for a parameter that begins with a hyphen.
 */
public final class Arguments {

  private final Map<String, String> values = new HashMap<>();
  private @Nullable String parameter;

  private Arguments() {}

  static Arguments read(Description command, List<String> words) throws MisuseException {
    Arguments arguments = new Arguments();
    boolean hasOptions = true;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (!hasOptions || !isOption(word)) {
        arguments.takeParameter(command, word);
      } else if (word.equals("--")) {
        hasOptions = false;
      } else {
        String next = i + 1 < words.size() ? words.get(i + 1) : null;
        i += arguments.takeOption(command, word, next);
      }
    }
    Parameter wanted = command.parameter();
    if (wanted != null && wanted.isRequired() && arguments.parameter == null) {
      throw new MisuseException(wanted.label() + " is missing");
    }
    return arguments;
  }

  /** A hyphen alone is none. */
  static boolean isOption(String word) {
    return word.length() > 1 && word.charAt(0) == '-';
  }

  private void takeParameter(Description command, String word) throws MisuseException {
    if (command.parameter() == null || parameter != null) {
      throw new MisuseException("one argument too many: " + Quoted.of(word));
    }
    parameter = word;
  }

  /** How many of the words that follow belong to it. */
  private int takeOption(Description command, String word, @Nullable String next)
      throws MisuseException {
    int equals = word.indexOf('=');
    String name = equals < 0 ? word : word.substring(0, equals);
    Option option = command.option(name);
    if (option == null) {
      throw new MisuseException(
          "unknown option "
              + Quoted.of(name)
              + " ("
              + Nearest.hint(name, command.optionNames())
              + ")");
    }
    String value = equals < 0 ? next : word.substring(equals + 1);
    if (value == null || equals < 0 && isOption(value)) {
      throw new MisuseException(name + ": no value (expected: " + option.shown() + ")");
    }
    if (values.putIfAbsent(name, value) != null) {
      throw new MisuseException(name + ": there twice (expected: once)");
    }
    return equals < 0 ? 1 : 0;
  }

  /** The value of an option; null if it is not there. */
  public @Nullable String option(String name) {
    return values.get(name);
  }

  /** Null if there is none, which is so only where the command does not require it. */
  public @Nullable String parameter() {
    return parameter;
  }
}
