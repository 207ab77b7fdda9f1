package dev.weir.http;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What others have written beside a trace for themselves (W3C Trace Context §3.3). */
public final class TraceState {

  private static final int MAX_MEMBERS = 32;
  private static final int MAX_KEY = 256;
  private static final int MAX_VALUE = 256;

  /** What has to be handed on at least, and is at most (§3.3.1.5). */
  private static final int MAX_LENGTH = 512;

  /** Members that are longer go first, if there is not room for all (§3.3.1.5). */
  private static final int LONG_MEMBER = 128;

  private TraceState() {}

  /**
   * What of these {@code tracestate} fields is handed on, as one; null if there is nothing, or if
   * they break the rules in any place. Of members with the same key the first stays, which is the
   * newest.
   */
  public static @Nullable String of(List<String> fields) {
    List<String> members = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    for (String field : fields) {
      int start = 0;
      while (start <= field.length()) {
        int comma = field.indexOf(',', start);
        int end = comma < 0 ? field.length() : comma;
        String member = trimmed(field, start, end);
        start = end + 1;
        if (member.isEmpty()) {
          continue;
        }
        int equals = member.indexOf('=');
        if (!isKey(member, equals) || !isValue(member, equals + 1)) {
          return null;
        }
        if (keys.add(member.substring(0, equals))) {
          members.add(member);
        }
        if (keys.size() > MAX_MEMBERS) {
          return null;
        }
      }
    }
    return fitting(members);
  }

  private static @Nullable String fitting(List<String> members) {
    String all = String.join(",", members);
    if (all.length() > MAX_LENGTH) {
      members.removeIf(member -> member.length() > LONG_MEMBER);
      all = String.join(",", members);
    }
    while (all.length() > MAX_LENGTH) {
      members.remove(members.size() - 1);
      all = String.join(",", members);
    }
    return all.isEmpty() ? null : all;
  }

  /** Without the blanks and tabs around it. */
  private static String trimmed(String text, int from, int to) {
    int start = from;
    int end = to;
    while (start < end && isBlank(text.charAt(start))) {
      start++;
    }
    while (end > start && isBlank(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private static boolean isKey(String member, int length) {
    if (length < 1 || length > MAX_KEY || !isLetterOrDigit(member.charAt(0))) {
      return false;
    }
    for (int i = 1; i < length; i++) {
      char c = member.charAt(i);
      if (!isLetterOrDigit(c) && "_-*/@".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetterOrDigit(char c) {
    return c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
  }

  private static boolean isValue(String member, int start) {
    int length = member.length() - start;
    if (length < 1 || length > MAX_VALUE) {
      return false;
    }
    for (int i = start; i < member.length(); i++) {
      char c = member.charAt(i);
      if (c < ' ' || c > '~' || c == '=') {
        return false;
      }
    }
    return true;
  }
}
