package dev.weir.ratelimit;

import dev.weir.http.Failure;
import dev.weir.http.Quoted;
import dev.weir.http.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request costs.
 *
 * @param amount tokens, at least 1; of a request that does not say
 * @param header the field in which a request may say what it costs; null if none may
 * @param max the most that it may say; the least is 1
 */
public record Cost(long amount, @Nullable String header, long max) {

  /** Always the same. */
  public static Cost fixed(long amount) {
    return new Cost(amount, null, amount);
  }

  /**
   * Tokens, 1 to {@code max}.
   *
   * @throws dev.weir.http.FailureException {@link Failure#BAD_HEADER} if the request says anything
   *     else: a cost that was guessed would be a limit that was guessed
   */
  public long of(Request request) {
    if (header == null) {
      return amount;
    }
    List<String> values = request.headers().getAll(header);
    if (values.isEmpty()) {
      return amount;
    }
    long said = values.size() == 1 ? number(values.get(0)) : -1;
    if (said < 1 || said > max) {
      throw Failure.BAD_HEADER.exception(
          header
              + ": "
              + Quoted.of(values.get(0))
              + " (expected: one number from 1 to "
              + max
              + ")");
    }
    return said;
  }

  /** -1 if it is none of at most nine digits. */
  private static long number(String text) {
    if (text.isEmpty() || text.length() > 9) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }
}
