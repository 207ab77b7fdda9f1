package dev.weir.app.hostile;

import dev.weir.app.hostile.Hostile.Check;
import dev.weir.app.hostile.Hostile.Expected;
import dev.weir.app.hostile.Hostile.Then;
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
 * Reads the catalogue of hostile requests, {@code requests/*.txt}.
 *
 * <p>{@code == row what is special} begins a case. The lines behind it are what the client sends,
 * each with CRLF at its end, unless that end is {@code \}. In a line stand
 *
 * <ul>
 *   <li>{@code \r \n \t \\ \xff}: that byte; all others are themselves (the files are UTF-8);
 *   <li>{@code [[300 * text]]}: the text so many times;
 *   <li><code>{{a|b|c}}</code>: one of them: a case is as many variants as such a group has parts,
 *       and all groups of a case are taken together, part by part;
 *   <li><code>{{bytes 00-1f 7f}}</code>: likewise, one of these bytes.
 * </ul>
 *
 * <p>{@code .end} on a line of its own: the client ends its side of the connection. What has to
 * happen stands behind it, in order, up to an empty line:
 *
 * <ul>
 *   <li>{@code => METHOD target body}: this reaches the upstream, whose answer reaches the client;
 *       then {@code with name: value} for each field of the client's that arrives ({@code with
 *       any}: whichever), {@code field}, {@code fresh}, {@code host} and {@code trailer} ({@link
 *       Check});
 *   <li>{@code ~> METHOD target}: of this the upstream may see the head, and never the end;
 *   <li>{@code <= 400}: the gateway answers so, and ends the connection; with {@code keep} it goes
 *       on, with {@code any} both will do;
 *   <li>{@code <= cut}: the connection ends without an answer.
 * </ul>
 */
public final class RequestCatalogue {

  private static final List<String> FILES =
      List.of("a-length", "b-coding", "c-chunks", "d-lines", "e-target", "f-host", "g-hops");

  private static final Pattern REPETITION = Pattern.compile("\\[\\[(\\d+) \\* (.*?)]]");
  private static final Pattern GROUP = Pattern.compile("\\{\\{(.*?)}}");
  private static final Pattern ESCAPE = Pattern.compile("\\\\(x[0-9a-f]{2}|[rnt\\\\])");

  private RequestCatalogue() {}

  /** All variants of all cases. */
  public static List<Hostile> all() {
    List<Hostile> all = new ArrayList<>();
    FILES.forEach(file -> all.addAll(read(file)));
    return all;
  }

  /** A case as it is written. */
  private record Written(String name, List<String> sent, List<String> expected) {}

  private static List<Hostile> read(String file) {
    List<Written> cases = new ArrayList<>();
    for (String line : lines("/requests/" + file + ".txt")) {
      if (line.startsWith("== ")) {
        cases.add(new Written(line.substring(3), new ArrayList<>(), new ArrayList<>()));
      } else if (!cases.isEmpty()) {
        Written last = cases.get(cases.size() - 1);
        boolean isExpected =
            line.startsWith("=> ") || line.startsWith("~> ") || line.startsWith("<= ");
        (isExpected || !last.expected().isEmpty() ? last.expected() : last.sent()).add(line);
      }
    }
    List<Hostile> variants = new ArrayList<>();
    cases.forEach(written -> variants.addAll(variants(written)));
    return variants;
  }

  private static List<String> lines(String resource) {
    try (InputStream in = RequestCatalogue.class.getResourceAsStream(resource)) {
      String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      return text.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Hostile> variants(Written written) {
    int count = 1;
    for (String line : written.sent()) {
      for (Matcher group = GROUP.matcher(line); group.find(); ) {
        count = Math.max(count, parts(group.group(1)).size());
      }
    }
    List<Hostile> variants = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = count == 1 ? written.name() : written.name() + " (" + (i + 1) + ")";
      variants.add(variant(name, written, i, count));
    }
    return variants;
  }

  private static Hostile variant(String name, Written written, int index, int count) {
    StringBuilder sent = new StringBuilder();
    boolean endsStream = false;
    for (String line : written.sent()) {
      if (line.equals(".end")) {
        endsStream = true;
      } else {
        boolean isOpen = line.endsWith("\\") && !line.endsWith("\\\\");
        String text = isOpen ? line.substring(0, line.length() - 1) : line;
        sent.append(expand(text, index, count)).append(isOpen ? "" : "\r\n");
      }
    }
    List<Expected> expected = new ArrayList<>();
    for (String line : written.expected()) {
      if (!line.isEmpty()) {
        expect(expected, expand(line, index, count));
      }
    }
    if (expected.isEmpty()) {
      throw new IllegalStateException(name + ": nothing is expected");
    }
    return new Hostile(
        name, sent.toString().getBytes(StandardCharsets.ISO_8859_1), endsStream, expected);
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

  private static void expect(List<Expected> expected, String line) {
    String[] words = line.split(" ", 4);
    switch (words[0]) {
      case "=>" -> {
        String body = words.length > 3 ? words[3] : "";
        expected.add(
            new Expected.Forwarded(
                words[1], words[2], body.getBytes(StandardCharsets.ISO_8859_1), new ArrayList<>()));
      }
      case "~>" -> expected.add(new Expected.Begun(words[1], words[2]));
      case "<=" -> expected.add(answer(words));
      default -> {
        var last = (Expected.Forwarded) expected.get(expected.size() - 1);
        last.checks().add(new Check(words[0], line.substring(words[0].length() + 1)));
      }
    }
  }

  private static Expected answer(String[] words) {
    if (words[1].equals("cut")) {
      return new Expected.Cut();
    }
    Then then = words.length < 3 ? Then.CLOSE : Then.valueOf(words[2].toUpperCase(Locale.ROOT));
    return new Expected.Answered(Integer.parseInt(words[1]), then);
  }
}
