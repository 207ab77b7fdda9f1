package dev.weir.app.hostile;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the catalogues of hostile messages are written, {@code requests/*.txt} and {@code
 * responses/*.txt}.
 *
 * <p>{@code == row what is special} begins a case. The lines behind it are what is sent, each with
 * CRLF at its end, unless that end is {@code \}. In a line stand
 *
 * <ul>
 *   <li>{@code \r \n \t \\ \xff}: that byte; all others are themselves (the files are UTF-8);
 *   <li>{@code [[300 * text]]}: the text so many times;
 *   <li><code>{{a|b|c}}</code>: one of them: a case is as many variants as such a group has parts,
 *       and all groups of a case are taken together, part by part;
 *   <li><code>{{bytes 00-1f 7f}}</code>: likewise, one of these bytes.
 * </ul>
 *
 * <p>A line that begins with a dot says something of the sender. What has to happen stands behind
 * that, from the first line that begins with {@code =>}, {@code ~>} or {@code <=} on.
 */
final class Notation {

  private static final Pattern REPETITION = Pattern.compile("\\[\\[(\\d+) \\* (.*?)]]");
  private static final Pattern GROUP = Pattern.compile("\\{\\{(.*?)}}");
  private static final Pattern ESCAPE = Pattern.compile("\\\\(x[0-9a-f]{2}|[rnt\\\\])");

  private Notation() {}

  /**
   * One variant of a case.
   *
   * @param said of the sender, each without its dot
   */
  record Case(String name, byte[] sent, List<String> said, List<String> expected) {}

  private record Written(String name, List<String> sent, List<String> expected) {}

  /** All variants of all cases in that file. */
  static List<Case> read(String resource) {
    List<Written> cases = new ArrayList<>();
    for (String line : lines(resource)) {
      if (line.startsWith("== ")) {
        cases.add(new Written(line.substring(3), new ArrayList<>(), new ArrayList<>()));
      } else if (!cases.isEmpty()) {
        Written last = cases.get(cases.size() - 1);
        boolean isExpected =
            line.startsWith("=> ") || line.startsWith("~> ") || line.startsWith("<= ");
        (isExpected || !last.expected().isEmpty() ? last.expected() : last.sent()).add(line);
      }
    }
    List<Case> variants = new ArrayList<>();
    cases.forEach(written -> variants.addAll(variants(written)));
    return variants;
  }

  private static List<String> lines(String resource) {
    try (InputStream in = Notation.class.getResourceAsStream(resource)) {
      String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      return text.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Case> variants(Written written) {
    int count = 1;
    for (String line : written.sent()) {
      for (Matcher group = GROUP.matcher(line); group.find(); ) {
        count = Math.max(count, parts(group.group(1)).size());
      }
    }
    List<Case> variants = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = count == 1 ? written.name() : written.name() + " (" + (i + 1) + ")";
      variants.add(variant(name, written, i, count));
    }
    return variants;
  }

  private static Case variant(String name, Written written, int index, int count) {
    StringBuilder sent = new StringBuilder();
    List<String> said = new ArrayList<>();
    for (String line : written.sent()) {
      if (line.startsWith(".")) {
        said.add(expand(line.substring(1), index, count));
      } else {
        boolean isOpen = line.endsWith("\\") && !line.endsWith("\\\\");
        String text = isOpen ? line.substring(0, line.length() - 1) : line;
        sent.append(expand(text, index, count)).append(isOpen ? "" : "\r\n");
      }
    }
    List<String> expected = new ArrayList<>();
    for (String line : written.expected()) {
      if (!line.isEmpty()) {
        expected.add(expand(line, index, count));
      }
    }
    if (expected.isEmpty()) {
      throw new IllegalStateException(name + ": nothing is expected");
    }
    return new Case(name, sent.toString().getBytes(StandardCharsets.ISO_8859_1), said, expected);
  }

  private static String expand(String line, int index, int count) {
    String chosen =
        GROUP
            .matcher(line)
            .replaceAll(
                group -> {
                  List<String> parts = parts(group.group(1));
                  if (parts.size() != count) {
                    throw new IllegalStateException(line + ": not " + count + " parts");
                  }
                  return Matcher.quoteReplacement(parts.get(index));
                });
    String repeated =
        REPETITION
            .matcher(chosen)
            .replaceAll(
                match ->
                    Matcher.quoteReplacement(
                        match.group(2).repeat(Integer.parseInt(match.group(1)))));
    return ESCAPE
        .matcher(repeated)
        .replaceAll(match -> Matcher.quoteReplacement(unescaped(match.group(1))));
  }

  private static String unescaped(String escape) {
    return switch (escape.charAt(0)) {
      case 'r' -> "\r";
      case 'n' -> "\n";
      case 't' -> "\t";
      case 'x' -> "" + (char) Integer.parseInt(escape.substring(1), 16);
      default -> escape;
    };
  }

  private static List<String> parts(String group) {
    if (!group.startsWith("bytes ")) {
      return List.of(group.split("\\|", -1));
    }
    List<String> bytes = new ArrayList<>();
    for (String range : group.substring(6).split(" ", -1)) {
      int from = Integer.parseInt(range.substring(0, 2), 16);
      int to = Integer.parseInt(range.substring(range.length() - 2), 16);
      for (int value = from; value <= to; value++) {
        bytes.add(String.format(Locale.ROOT, "\\x%02x", value));
      }
    }
    return bytes;
  }
}
