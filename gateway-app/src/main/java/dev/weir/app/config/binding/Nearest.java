package dev.weir.app.config.binding;

import static java.util.stream.Collectors.joining;

import dev.weir.http.Quoted;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the word that was probably meant. */
public final class Nearest {

  /** Longer words are not compared; the time it takes grows with the square. */
  private static final int MAX_LENGTH = 64;

  private static final int MAX_CHANGES = 3;
  private static final int MAX_LISTED = 30;

  private Nearest() {}

  /** What to add to a message about a word that is not among these: the nearest, or all of them. */
  public static String hint(String word, Collection<String> known) {
    String nearest = to(word, known);
    if (nearest != null) {
      return "did you mean " + Quoted.of(nearest) + "?";
    }
    if (known.isEmpty()) {
      return "there is none";
    }
    String listed = known.stream().limit(MAX_LISTED).map(KeyPath::printable).collect(joining(", "));
    return "known: " + listed + (known.size() > MAX_LISTED ? ", ..." : "");
  }

  /**
   * Null if none is near: more than {@value #MAX_CHANGES} letters would have to change, or more
   * than a third.
   */
  public static @Nullable String to(String word, Collection<String> known) {
    if (word.length() > MAX_LENGTH) {
      return null;
    }
    String nearest = null;
    int smallest = Math.min(MAX_CHANGES, Math.max(1, word.length() / 3)) + 1;
    for (String candidate : known) {
      boolean isComparable =
          candidate.length() <= MAX_LENGTH
              && Math.abs(candidate.length() - word.length()) < smallest;
      int distance = isComparable ? distance(word, candidate, smallest) : smallest;
      if (distance < smallest) {
        smallest = distance;
        nearest = candidate;
      }
    }
    return nearest;
  }

  /** Letters to insert, delete, replace, or swap with their neighbour; or the limit, if more. */
  private static int distance(String one, String other, int limit) {
    int[][] distances = new int[one.length() + 1][other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      distances[i][0] = i;
    }
    for (int j = 0; j <= other.length(); j++) {
      distances[0][j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int leastOfRow = i;
      for (int j = 1; j <= other.length(); j++) {
        int change = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
        int least = Math.min(distances[i - 1][j], distances[i][j - 1]) + 1;
        least = Math.min(least, distances[i - 1][j - 1] + change);
        boolean isSwap =
            i > 1
                && j > 1
                && one.charAt(i - 1) == other.charAt(j - 2)
                && one.charAt(i - 2) == other.charAt(j - 1);
        distances[i][j] = isSwap ? Math.min(least, distances[i - 2][j - 2] + 1) : least;
        leastOfRow = Math.min(leastOfRow, distances[i][j]);
      }
      if (leastOfRow > limit) {
        return limit;
      }
    }
    return distances[one.length()][other.length()];
  }
}
