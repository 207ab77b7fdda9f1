package dev.weir.http;

/** Writes JSON strings (RFC 8259 §7); for documents that are written on event loops. */
public final class JsonText {

  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private JsonText() {}

  /** Appends {@code value} in quotes. */
  public static void append(StringBuilder json, String value) {
    json.append('"');
    int length = value.length();
    int plainFrom = 0;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c >= ' ' && c != '"' && c != '\\' && c != 0x7F && !Character.isSurrogate(c)) {
        continue;
      }
      json.append(value, plainFrom, i);
      plainFrom = i + 1;
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else {
        // A lone surrogate has no UTF-8; a pair is as good escaped as not.
        json.append("\\u").append(HEX[c >> 12]).append(HEX[c >> 8 & 15]);
        json.append(HEX[c >> 4 & 15]).append(HEX[c & 15]);
      }
    }
    json.append(value, plainFrom, length).append('"');
  }
}
