package dev.weir.app.config.binding;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts the values of environment variables into a scalar: {@code ${NAME}}, or {@code
 * ${NAME:-default}} for one that may be unset or empty. A second dollar sign in front takes the
 * meaning away.
 *
 * <p>What is put in is never read as YAML, nor looked at for further variables.
 */
final class Variables {

  /** The first alternative is the escape; the last, everything else that begins like a variable. */
  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\$\\{|\\$\\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?}|\\$\\{");

  private final Function<String, @Nullable String> environment;

  Variables(Function<String, @Nullable String> environment) {
    this.environment = environment;
  }

  /**
   * The text with values put in.
   *
   * @param wrong is given what is wrong with each reference that has no value
   * @return null if one has none
   */
  @Nullable String expand(String text, List<String> wrong) {
    if (text.indexOf("${") < 0) {
      return text;
    }
    List<String> found = new ArrayList<>();
    String expanded =
        REFERENCE.matcher(text).replaceAll(match -> Matcher.quoteReplacement(value(match, found)));
    wrong.addAll(found);
    return found.isEmpty() ? expanded : null;
  }

  private String value(MatchResult match, List<String> wrong) {
    if (match.group().equals("$${")) {
      return "${";
    }
    String name = match.group(1);
    if (name == null) {
      wrong.add("\"${\" (expected: ${NAME} or ${NAME:-default}, or $${ for the characters)");
      return "";
    }
    String value = environment.apply(name);
    String instead = match.group(3);
    if (instead != null) {
      return value == null || value.isEmpty() ? instead : value;
    }
    if (value == null) {
      wrong.add("the environment has no " + KeyPath.printable(name) + " (expected: it to be set)");
      return "";
    }
    return value;
  }
}
