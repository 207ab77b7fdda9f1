package dev.weir.http;

/** Writes JSON strings (RFC 8259 §7); for documents that are written on event loops. */
public final class JsonText {

  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private JsonText() {}

  /** Appends {@code value} in quotes. */
  public static void append(StringBuilder json, String value) {
    json.append('"');
    int plain = plainUpTo(value, 0);
    if (plain == value.length()) {
      // Nearly always: and a whole string is copied as one.
      json.append(value).append('"');
      return;
    }
    int from = 0;
    while (plain < value.length()) {
      json.append(value, from, plain);
      escape(json, value.charAt(plain));
      from = plain + 1;
      plain = plainUpTo(value, from);
    }
    json.append(value, from, plain).append('"');
  }

  private static int plainUpTo(String value, int from) {
    int at = from;
    while (at < value.length() && isPlain(value.charAt(at))) {
      at++;
    }
    return at;
  }

  /** Whether a string has that character as it is. */
  static boolean isPlain(char c) {
    return c >= ' ' && c != '"' && c != '\\' && c != 0x7F && !Character.isSurrogate(c);
  }

  private static void escape(StringBuilder json, char c) {
    if (c == '"' || c == '\\') {
      json.append('\\').append(c);
    } else {
      // A lone surrogate has no UTF-8; a pair is as good escaped as not.
      json.append("\\u").append(HEX[c >> 12]).append(HEX[c >> 8 & 15]);
      json.append(HEX[c >> 4 & 15]).append(HEX[c & 15]);
    }
  }
}
