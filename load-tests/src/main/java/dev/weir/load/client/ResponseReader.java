package dev.weir.load.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;

/** Just enough of HTTP/1.1 to see where an answer ends; it has to say its Content-Length. */
final class ResponseReader {

  private static final String LENGTH_FIELD = "\r\ncontent-length:";
  private static final int MAX_HEAD = 64 * 1024;

  private final StringBuilder head = new StringBuilder();
  private int status;
  private long bodyBytesLeft = -1;

  int status() {
    return status;
  }

  void reset() {
    head.setLength(0);
    status = 0;
    bodyBytesLeft = -1;
  }

  /** Takes bytes, and tells whether the answer has come to its end with them. */
  boolean isWholeAfter(ByteBuffer bytes) throws IOException {
    while (bodyBytesLeft < 0 && bytes.hasRemaining()) {
      head.append((char) (bytes.get() & 0xff));
      int length = head.length();
      if (length >= 4 && head.charAt(length - 1) == '\n' && head.charAt(length - 3) == '\n') {
        headIsThere();
      } else if (length > MAX_HEAD) {
        throw new IOException("a head without an end");
      }
    }
    bodyBytesLeft -= bodyBytesLeft < 0 ? 0 : bytes.remaining();
    return bodyBytesLeft == 0;
  }

  private void headIsThere() throws IOException {
    status = Integer.parseInt(head, 9, 12, 10);
    String lowerCase = head.toString().toLowerCase(Locale.ROOT);
    int field = lowerCase.indexOf(LENGTH_FIELD);
    if (field < 0) {
      throw new IOException("no Content-Length: " + lowerCase);
    }
    int from = field + LENGTH_FIELD.length();
    String value = lowerCase.substring(from, lowerCase.indexOf('\r', from)).strip();
    bodyBytesLeft = Long.parseLong(value);
  }
}
