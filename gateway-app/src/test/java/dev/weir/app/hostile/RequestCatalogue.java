package dev.weir.app.hostile;

import dev.weir.app.hostile.Hostile.Check;
import dev.weir.app.hostile.Hostile.Expected;
import dev.weir.app.hostile.Hostile.Then;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads the catalogue of hostile requests, {@code requests/*.txt}, in their {@link Notation}.
 *
 * <p>Of the sender, {@code .end} says that it ends its side of the connection. What has to happen,
 * in order:
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

  private RequestCatalogue() {}

  /** All variants of all cases. */
  public static List<Hostile> all() {
    return FILES.stream()
        .flatMap(file -> Notation.read("/requests/" + file + ".txt").stream())
        .map(RequestCatalogue::hostile)
        .toList();
  }

  private static Hostile hostile(Notation.Case variant) {
    List<Expected> expected = new ArrayList<>();
    variant.expected().forEach(line -> expect(expected, line));
    return new Hostile(variant.name(), variant.sent(), variant.said().contains("end"), expected);
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
