package dev.weir.http;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for, in the one canonical form that is matched, limited, cached, authorised
 * and forwarded; nobody reads the target a second time.
 *
 * <p>Canonical means: characters that need no percent-encoding are not encoded, the others are,
 * with upper-case digits; there are no dot segments and no empty segments (RFC 3986 §6.2.2). What
 * two readers might take in two ways is refused: an encoded slash or backslash, control characters,
 * bytes that are not UTF-8, path parameters ({@code ;}), a fragment. Decoding is done once: {@code
 * %252e} stays as it is.
 *
 * <p>In the query only characters that RFC 3986 does not allow are encoded; everything else is the
 * upstream's own business.
 *
 * @param path begins with a slash; or is {@code *}, for {@code OPTIONS *} (RFC 9112 §3.2.4)
 * @param query without its question mark; null if there is none
 * @param authority of an absolute target, which wins over the Host field (RFC 9112 §3.2.2)
 */
public record Target(String path, @Nullable String query, @Nullable Authority authority) {

  /** What to do with spellings that are legal and that readers disagree on. */
  public enum Ambiguous {
    REFUSE,
    /**
     * Keep {@code %2F} and {@code ;} as they are, as part of their segment; unless they make of it
     * a dot segment for a reader who takes them as separators.
     */
    KEEP
  }

  private static final byte FORBIDDEN = 0;
  private static final byte PLAIN = 1;
  private static final byte ENCODE = 2;
  private static final byte SPECIAL = 3;

  private static final byte[] IN_PATH = new byte[128];
  private static final byte[] IN_QUERY = new byte[128];
  private static final boolean[] UNRESERVED = new boolean[128];
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  /**
   * A dot segment that shows only once its parameters are cut off, or {@code %2F} is decoded: what
   * an upstream may do with a spelling that is kept, after we have judged the path without it.
   */
  private static final Pattern HIDDEN_DOTS =
      Pattern.compile("/\\.\\.?(?:;|%3B|%2F)|%2F\\.\\.?(?:/|;|%3B|%2F|$)");

  static {
    String letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    for (char c : (letters + "-._~").toCharArray()) {
      UNRESERVED[c] = true;
    }
    for (char c : (letters + "-_~!$&'()*+,=:@").toCharArray()) {
      IN_PATH[c] = PLAIN;
    }
    for (char c : (letters + "-._~!$&'()*+,;=:@/?").toCharArray()) {
      IN_QUERY[c] = PLAIN;
    }
    // Not in RFC 3986's grammar, yet browsers and command lines send them as they are.
    for (char c : "\"<>[]^`{|}".toCharArray()) {
      IN_PATH[c] = ENCODE;
      IN_QUERY[c] = ENCODE;
    }
    IN_QUERY['\\'] = ENCODE;
    for (char c : "/.%;".toCharArray()) {
      IN_PATH[c] = SPECIAL;
    }
    IN_QUERY['%'] = SPECIAL;
  }

  /**
   * Reads the target of a request line.
   *
   * @throws FailureException {@link Failure#BAD_TARGET}, or {@link Failure#BAD_HOST} for the
   *     authority of an absolute target
   */
  public static Target parse(String text, Ambiguous ambiguous) {
    if (text.isEmpty()) {
      throw bad(text, "a path");
    }
    if (text.charAt(0) == '/') {
      return originForm(text, 0, null, ambiguous);
    }
    if (text.equals("*")) {
      return new Target("*", null, null);
    }
    int start = startOfAuthority(text);
    int end = start;
    while (end < text.length() && text.charAt(end) != '/' && text.charAt(end) != '?') {
      end++;
    }
    Authority authority = Authority.parse(text.substring(start, end));
    return originForm(text, end, authority, ambiguous);
  }

  /** As a route would write it, already canonical. */
  public static Target of(String path) {
    return parse(path, Ambiguous.REFUSE);
  }

  private static int startOfAuthority(String text) {
    if (text.regionMatches(true, 0, "http://", 0, 7)) {
      return 7;
    }
    if (text.regionMatches(true, 0, "https://", 0, 8)) {
      return 8;
    }
    throw bad(text, "a path that begins with '/', or an http or https address");
  }

  private static Target originForm(
      String text, int start, @Nullable Authority authority, Ambiguous ambiguous) {
    int question = text.indexOf('?', start);
    int end = question < 0 ? text.length() : question;
    String path = start == end ? "/" : canonicalPath(text, start, end, ambiguous);
    String query = question < 0 ? null : canonicalQuery(text, question + 1);
    return new Target(path, query, authority);
  }

  private static String canonicalPath(String text, int start, int end, Ambiguous ambiguous) {
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      boolean isPlain = c < 128 && IN_PATH[c] == PLAIN;
      boolean isLoneSlash = c == '/' && (i + 1 == end || isSegmentStart(text.charAt(i + 1)));
      boolean isInnerDot = c == '.' && i > start && text.charAt(i - 1) != '/';
      if (!isPlain && !isLoneSlash && !isInnerDot) {
        String path = decodedPath(text, start, end, ambiguous);
        if (ambiguous == Ambiguous.KEEP && HIDDEN_DOTS.matcher(path).find()) {
          throw bad(text, "no dot segments with parameters or encoded slashes");
        }
        return withoutDotSegments(text, path);
      }
    }
    return text.substring(start, end);
  }

  private static boolean isSegmentStart(char c) {
    return c != '/' && c != '.';
  }

  /** Every character in its canonical spelling; dot and empty segments are still there. */
  private static String decodedPath(String text, int start, int end, Ambiguous ambiguous) {
    StringBuilder path = new StringBuilder(end - start + 16);
    boolean hasEncodedBytes = false;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      int kind = c < 128 ? IN_PATH[c] : FORBIDDEN;
      if (kind == FORBIDDEN || c == ';' && ambiguous == Ambiguous.REFUSE) {
        throw bad(text, c == ';' ? "no path parameters" : "characters of RFC 3986 in the path");
      } else if (kind == ENCODE) {
        appendEncoded(path, c);
      } else if (c != '%') {
        path.append(c);
      } else {
        int value = hexadecimal(text, i, end);
        hasEncodedBytes |= value >= 128;
        appendDecoded(path, value, text, ambiguous);
        i += 2;
      }
    }
    if (hasEncodedBytes) {
      requireUtf8(path, text);
    }
    return path.toString();
  }

  private static void appendDecoded(
      StringBuilder path, int value, String text, Ambiguous ambiguous) {
    if (value < 0x20 || value == 0x7F) {
      throw bad(text, "no control characters");
    }
    boolean isSeparator = value == '/' || value == '\\' || value == ';';
    if (isSeparator && (ambiguous == Ambiguous.REFUSE || value == '\\')) {
      throw bad(text, "no encoded slash, backslash or semicolon");
    }
    if (value < 128 && UNRESERVED[value]) {
      path.append((char) value);
    } else {
      appendEncoded(path, value);
    }
  }

  private static void requireUtf8(StringBuilder path, String text) {
    ByteBuffer bytes = ByteBuffer.allocate(path.length());
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) == '%') {
        bytes.put((byte) Integer.parseInt(path, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.put((byte) path.charAt(i));
      }
    }
    try {
      CharBuffer unused =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(bytes.flip());
    } catch (CharacterCodingException invalid) {
      throw bad(text, "percent-encoded UTF-8");
    }
  }

  /** RFC 3986 §5.2.4, and slashes that follow one another made one. */
  private static String withoutDotSegments(String text, String path) {
    StringBuilder result = new StringBuilder(path.length());
    int position = 0;
    while (position < path.length()) {
      int start = position + 1;
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      String segment = path.substring(start, end);
      if (segment.equals(".") || segment.equals("..")) {
        if (segment.equals("..")) {
          if (result.isEmpty()) {
            throw bad(text, "a path below the root");
          }
          result.setLength(result.lastIndexOf("/"));
        }
        if (slash < 0) {
          result.append('/');
        }
      } else if (!segment.isEmpty() || slash < 0) {
        result.append('/').append(segment);
      }
      position = end;
    }
    return result.isEmpty() ? "/" : result.toString();
  }

  private static String canonicalQuery(String text, int start) {
    int end = text.length();
    StringBuilder query = null;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      int kind = c < 128 ? IN_QUERY[c] : FORBIDDEN;
      if (kind == FORBIDDEN) {
        throw bad(text, c == '#' ? "no fragment" : "characters of RFC 3986 in the query");
      }
      if (kind == SPECIAL && hexadecimal(text, i, end) == 0) {
        throw bad(text, "no NUL");
      }
      if (kind == ENCODE && query == null) {
        query = new StringBuilder(end - start + 16).append(text, start, i);
      }
      if (query != null) {
        if (kind == ENCODE) {
          appendEncoded(query, c);
        } else {
          query.append(c);
        }
      }
    }
    return query == null ? text.substring(start) : query.toString();
  }

  private static int hexadecimal(String text, int percent, int end) {
    int high = percent + 2 < end ? hexDigit(text.charAt(percent + 1)) : -1;
    int low = percent + 2 < end ? hexDigit(text.charAt(percent + 2)) : -1;
    if (high < 0 || low < 0) {
      throw bad(text, "two hexadecimal digits behind each '%'");
    }
    return high << 4 | low;
  }

  /** Unlike {@link Character#digit}, of ASCII alone. */
  private static int hexDigit(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }

  private static void appendEncoded(StringBuilder text, int value) {
    text.append('%').append(HEX[value >> 4]).append(HEX[value & 15]);
  }

  private static FailureException bad(String text, String expected) {
    return Failure.BAD_TARGET.exception(
        "target: " + Quoted.of(text) + " (expected: " + expected + ")");
  }

  /** The same query on another path, which is canonical already. */
  public Target withPath(String newPath) {
    return new Target(newPath, query, authority);
  }

  /** As it stands in a request line to the upstream. */
  @Override
  public String toString() {
    return query == null ? path : path + "?" + query;
  }
}
