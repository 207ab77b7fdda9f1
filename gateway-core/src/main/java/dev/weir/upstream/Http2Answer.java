package dev.weir.upstream;

import dev.weir.http.Http2Fields;
import dev.weir.http.Http2Fields.Malformed;
import dev.weir.http.Informational;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What has come of an answer so far, held to the rules of HTTP (RFC 9113 §8.1): informational
 * responses, a head, content as long as the head says and none where none may be, a trailer
 * section.
 */
final class Http2Answer {

  private static final int MAX_INFORMATIONAL = 32;
  private static final int MAX_LENGTH_DIGITS = 18;

  private final boolean isToHead;
  private final Consumer<Informational> informational;
  private int informationals;
  private int status;
  private HttpHeaders fields = EmptyHttpHeaders.INSTANCE;
  private HttpHeaders trailers = EmptyHttpHeaders.INSTANCE;
  private long length = -1;
  private long received;
  private boolean isComplete;

  /**
   * Nothing yet.
   *
   * @param isToHead whether HEAD was asked, so that there can be no content
   * @param informational where an answer before the answer goes
   */
  Http2Answer(boolean isToHead, Consumer<Informational> informational) {
    this.isToHead = isToHead;
    this.informational = informational;
  }

  /** Of the final response; 0 before its head is here. */
  int status() {
    return status;
  }

  HttpHeaders fields() {
    return fields;
  }

  /** As announced; -1 if it was not. */
  long length() {
    return length;
  }

  HttpHeaders trailers() {
    return trailers;
  }

  boolean isComplete() {
    return isComplete;
  }

  /** A header block. */
  void headers(Http2Headers headers, boolean isEnd) throws Malformed {
    if (status == 0) {
      head(headers, isEnd);
    } else {
      requireNoPseudoFields(headers);
      trailers = Http2Fields.read(headers);
    }
    if (isEnd) {
      end();
    }
  }

  private void head(Http2Headers headers, boolean isEnd) throws Malformed {
    int said = statusOf(headers);
    if (said == 101 || said < 100 || said > 599) {
      throw Http2Fields.malformed("status: " + said + " (expected: 200 to 599)");
    }
    HttpHeaders read = Http2Fields.read(headers);
    if (said < 200) {
      if (isEnd) {
        throw Http2Fields.malformed("an end behind status " + said);
      }
      early(said, read);
      return;
    }
    length = lengthOf(read);
    status = said;
    fields = read;
  }

  private void early(int said, HttpHeaders read) throws Malformed {
    informationals++;
    if (informationals > MAX_INFORMATIONAL) {
      throw Http2Fields.malformed("more than " + MAX_INFORMATIONAL + " informational responses");
    }
    if (said != 100) {
      informational.accept(new Informational(said, read));
    }
  }

  private static int statusOf(Http2Headers headers) throws Malformed {
    CharSequence status = null;
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      CharSequence name = field.getKey();
      if (name.length() > 0 && name.charAt(0) == ':') {
        if (status != null || !":status".contentEquals(name)) {
          throw Http2Fields.malformed(name + " (expected: one :status)");
        }
        status = field.getValue();
      }
    }
    if (status == null || status.length() != 3 || !isDigits(status)) {
      throw Http2Fields.malformed(":status (expected: three digits)");
    }
    return Integer.parseInt(status, 0, 3, 10);
  }

  private static void requireNoPseudoFields(Http2Headers headers) throws Malformed {
    for (CharSequence name : headers.names()) {
      if (name.length() > 0 && name.charAt(0) == ':') {
        throw Http2Fields.malformed(name + " in a trailer section");
      }
    }
  }

  private static long lengthOf(HttpHeaders fields) throws Malformed {
    List<String> lengths = fields.getAll(HttpHeaderNames.CONTENT_LENGTH);
    if (lengths.isEmpty()) {
      return -1;
    }
    String length = lengths.get(0);
    boolean isNumber = !length.isEmpty() && length.length() <= MAX_LENGTH_DIGITS;
    if (lengths.size() > 1 || !isNumber || !isDigits(length)) {
      throw Http2Fields.malformed("content-length (expected: one number)");
    }
    return Long.parseLong(length);
  }

  private static boolean isDigits(CharSequence text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Content. */
  void data(int bytes, boolean isEnd) throws Malformed {
    if (status == 0) {
      throw Http2Fields.malformed("DATA before a head");
    }
    received += bytes;
    if (bytes > 0 && !mayHaveContent()) {
      throw Http2Fields.malformed("content where there can be none");
    }
    if (length >= 0 && received > length) {
      throw Http2Fields.malformed("content: more than the announced " + length);
    }
    if (isEnd) {
      end();
    }
  }

  private boolean mayHaveContent() {
    return !isToHead && status != 204 && status != 304;
  }

  private void end() throws Malformed {
    if (length > received && mayHaveContent()) {
      throw Http2Fields.malformed("content: " + received + " bytes (expected: " + length + ")");
    }
    isComplete = true;
  }
}
