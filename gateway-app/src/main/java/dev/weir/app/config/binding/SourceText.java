package dev.weir.app.config.binding;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The bytes of a file as text, if they are text. */
final class SourceText {

  /** The largest file that is read, in bytes. */
  static final int MAX_BYTES = 1024 * 1024;

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private SourceText() {}

  /** Null if it is not text; the problem says where. */
  static @Nullable String decode(byte[] bytes, ProblemLog problems) {
    if (bytes.length > MAX_BYTES) {
      problems.error("more than " + MAX_BYTES + " bytes (expected: at most 1 MiB)");
      return null;
    }
    CharBuffer text = CharBuffer.allocate(bytes.length);
    CoderResult result =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(bytes), text, true);
    String decoded = text.flip().toString();
    if (result.isError()) {
      problems.error(
          placeOf(decoded, decoded.length()),
          KeyPath.ROOT,
          "bytes that are not UTF-8 (expected: YAML in UTF-8)");
      return null;
    }
    int start = decoded.indexOf(BYTE_ORDER_MARK) == 0 ? 1 : 0;
    for (int i = start; i < decoded.length(); i++) {
      if (!isText(decoded.charAt(i))) {
        problems.error(
            placeOf(decoded, i),
            KeyPath.ROOT,
            "the character U+%04X (expected: printable characters)"
                .formatted((int) decoded.charAt(i)));
        return null;
      }
    }
    return decoded.substring(start);
  }

  /** YAML 1.2.2 §5.1; a surrogate is one of a pair, since the bytes were UTF-8. */
  private static boolean isText(char c) {
    return c >= ' ' && c <= '~'
        || c == '\n'
        || c == '\r'
        || c == '\t'
        || c == '\u0085'
        || c >= '\u00A0' && c <= '\uFFFD' && c != BYTE_ORDER_MARK;
  }

  private static Place placeOf(String text, int index) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < index; i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n')) {
        line++;
        lineStart = i + 1;
      }
    }
    return new Place(line, text.codePointCount(lineStart, index) + 1);
  }
}
