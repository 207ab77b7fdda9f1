package dev.weir.app.config;

import dev.weir.app.config.binding.Problems;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Which header fields settings may speak of, and with which values. */
final class FieldRules {

  /** A token (RFC 9110 §5.6.2). */
  static final String NAME_REGEX = "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}";

  static final String NAME_EXPECTED = "the name of a header field";

  /** RFC 9110 §5.5, in ASCII; neither begins nor ends with white space. */
  private static final Pattern VALUE = Pattern.compile("(?![ \\t])[\\t -~]*(?<![ \\t])");

  /**
   * They speak of one connection (RFC 9110 §7.6.1, RFC 9112 §6): the gateway says what they say.
   */
  private static final Set<String> OF_CONNECTION =
      Set.of(
          "connection",
          "content-length",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private FieldRules() {}

  /** Fields that are to be sent, as a map of the file has them. */
  static void checkSent(Map<String, String> fields, Problems at) {
    checkUnique(fields.keySet(), at);
    fields.forEach(
        (name, value) -> {
          checkName(name, at.atKey(name));
          checkValue(value, at.at(name));
        });
  }

  /** No field twice in different spellings: which one holds would be left to chance. */
  static void checkUnique(Set<String> names, Problems at) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        at.atKey(name).report("each field once; upper and lower case are the same");
      }
    }
  }

  static void checkName(String name, Problems at) {
    if (OF_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
      at.report(
          "another field; this one belongs to a single connection, and the gateway writes it");
    }
  }

  /** In the fields of a request. */
  static void checkNotHost(String name, Problems at) {
    if (name.equalsIgnoreCase("host")) {
      at.report("another field; what endpoints get as Host is up to the upstream's host");
    }
  }

  static void checkValue(String value, Problems at) {
    if (!VALUE.matcher(value).matches()) {
      at.report("printable ASCII, without white space at the ends");
    }
  }
}
