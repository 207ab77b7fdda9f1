package dev.weir.app.redis;

import dev.weir.ratelimit.Charge;
import dev.weir.ratelimit.RateLimit.Algorithm;
import dev.weir.ratelimit.RateLimit.Terms;
import dev.weir.ratelimit.Verdict;
import dev.weir.ratelimit.Verdict.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** The script {@code limit.lua}: what goes in and what comes out. */
final class LimitScript {

  /** Numbers of an answer for each charge. */
  static final int ANSWERS = 4;

  private static final int PARTS = 7;

  static final String TEXT = read();
  static final String SHA = sha1(TEXT);

  private LimitScript() {}

  /** Reads the script, if nobody has yet: which takes a file, and so is not for an event loop. */
  static void load() {
    if (TEXT.isEmpty()) {
      throw new IllegalStateException("the script is empty");
    }
  }

  private static String read() {
    try (InputStream in = LimitScript.class.getResourceAsStream("limit.lua")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What Redis calls a script by; no matter of security. */
  static String sha1(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }

  /** The arguments of one decision. */
  static String[] arguments(List<Charge> charges) {
    String[] arguments = new String[charges.size() * PARTS];
    for (int i = 0; i < charges.size(); i++) {
      Charge charge = charges.get(i);
      put(arguments, i * PARTS, charge, charge.cost(), charge.cost());
    }
    return arguments;
  }

  /** The arguments to take as many tokens as there are, between two bounds. */
  static String[] arguments(Charge charge, long wanted, long least) {
    String[] arguments = new String[PARTS];
    put(arguments, 0, charge, wanted, least);
    return arguments;
  }

  private static void put(String[] into, int at, Charge charge, long wanted, long least) {
    Terms terms = charge.limit().terms();
    into[at] = terms.algorithm() == Algorithm.GCRA ? "g" : "w";
    into[at + 1] = Long.toString(terms.first());
    into[at + 2] = Long.toString(terms.second());
    into[at + 3] = Long.toString(terms.capacity());
    into[at + 4] = Long.toString(wanted);
    into[at + 5] = Long.toString(least);
    into[at + 6] = charge.limit().isShadow() ? "1" : "0";
  }

  /** What the answer says of a charge. */
  static Verdict verdict(Charge charge, List<Object> answer, int index) {
    int at = index * ANSWERS;
    return new Verdict(
        charge,
        Source.OWN,
        number(answer, at) > 0,
        number(answer, at + 1),
        number(answer, at + 2),
        number(answer, at + 3));
  }

  static long number(List<Object> answer, int at) {
    return (Long) answer.get(at);
  }
}
