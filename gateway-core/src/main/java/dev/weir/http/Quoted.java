package dev.weir.http;

/** What a stranger sent, made safe to print: in quotes, short, and in visible ASCII only. */
public final class Quoted {

  private static final int MAX_LENGTH = 80;

  private Quoted() {}

  public static String of(String text) {
    StringBuilder quoted = new StringBuilder(Math.min(text.length(), MAX_LENGTH) + 8).append('"');
    for (int i = 0; i < text.length(); i++) {
      if (i == MAX_LENGTH) {
        return quoted.append("\"... (").append(text.length()).append(" characters)").toString();
      }
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c >= ' ' && c < 0x7F) {
        quoted.append(c);
      } else {
        quoted.append("\\u").append(Character.forDigit(c >> 12, 16));
        quoted.append(Character.forDigit(c >> 8 & 15, 16));
        quoted.append(Character.forDigit(c >> 4 & 15, 16)).append(Character.forDigit(c & 15, 16));
      }
    }
    return quoted.append('"').toString();
  }
}
