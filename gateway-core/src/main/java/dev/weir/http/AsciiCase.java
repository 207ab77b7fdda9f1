package dev.weir.http;

/**
 * Lower case as HTTP means it: A to Z alone. Locale and Unicode rules would make one name of two
 * (U+017F is an {@code s} to {@link String#toLowerCase()}'s kin, U+212A a {@code k}).
 */
final class AsciiCase {

  private AsciiCase() {}

  static String lower(String text) {
    char[] characters = text.toCharArray();
    for (int i = 0; i < characters.length; i++) {
      char c = characters[i];
      if (c >= 'A' && c <= 'Z') {
        characters[i] = (char) (c + ('a' - 'A'));
      }
    }
    return new String(characters);
  }
}
