package dev.weir.app.hostile;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A request as an upstream reads it that knows one spelling of each thing and takes no other: what
 * RFC 9112 lets a sender generate, and of that only what no reader could take for something else.
 * It shares no code with the gateway.
 *
 * @param fields name, in lower case, and value of each; in order
 */
record StrictRequest(
    String method, String target, List<Field> fields, byte[] body, List<Field> trailers) {

  record Field(String name, String value) {}

  /** The bytes have more than one meaning, or none. */
  static final class NotStrict extends IOException {
    private static final long serialVersionUID = 1;

    NotStrict(String what) {
      super(what);
    }
  }

  private static final int MAX_LINE = 1 << 20;
  private static final Pattern REQUEST_LINE =
      Pattern.compile(
          "([A-Z]+(?:-[A-Z]+)*) ((?:/[\\x21-\\x7e&&[^#\\\\\"<>^`{|}]]*)|\\*) HTTP/1\\.1");
  private static final Pattern FIELD =
      Pattern.compile(
          "([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?(|[\\x21-\\x7e\\x80-\\xff](?:[^\\r\\n]*[\\x21-\\x7e\\x80-\\xff])?)");
  private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");
  private static final Pattern LENGTH = Pattern.compile("0|[1-9][0-9]{0,17}");
  private static final Pattern CHUNK_SIZE = Pattern.compile("0|[1-9a-fA-F][0-9a-fA-F]{0,7}");

  /** The head, before the body is read. */
  record Head(String method, String target, List<Field> fields) {

    String only(String name) throws NotStrict {
      List<String> values = all(name);
      if (values.size() > 1) {
        throw new NotStrict(name + " more than once: " + values);
      }
      return values.isEmpty() ? null : values.get(0);
    }

    List<String> all(String name) {
      return fields.stream().filter(f -> f.name().equals(name)).map(Field::value).toList();
    }
  }

  /** Null where the stream ends before a request begins. */
  static Head readHead(InputStream in) throws IOException {
    String line = line(in, true);
    if (line == null) {
      return null;
    }
    var matcher = REQUEST_LINE.matcher(line);
    if (!matcher.matches()) {
      throw new NotStrict("request line: " + line);
    }
    Head head = new Head(matcher.group(1), matcher.group(2), fields(in));
    if (head.only("host") == null || head.only("host").isEmpty()) {
      throw new NotStrict("no host: " + head.fields());
    }
    return head;
  }

  static StrictRequest readBody(Head head, InputStream in) throws IOException {
    String length = head.only("content-length");
    String coding = head.only("transfer-encoding");
    if (coding == null) {
      return new StrictRequest(
          head.method(), head.target(), head.fields(), sized(length, in), List.of());
    }
    if (length != null || !coding.equals("chunked")) {
      throw new NotStrict("transfer-encoding: " + coding + ", content-length: " + length);
    }
    byte[] body = chunked(in);
    return new StrictRequest(head.method(), head.target(), head.fields(), body, fields(in));
  }

  private static byte[] sized(String length, InputStream in) throws IOException {
    if (length == null) {
      return new byte[0];
    }
    if (!LENGTH.matcher(length).matches()) {
      throw new NotStrict("content-length: " + length);
    }
    int bytes = Integer.parseInt(length);
    byte[] body = in.readNBytes(bytes);
    if (body.length < bytes) {
      throw new EOFException("inside the body");
    }
    return body;
  }

  private static byte[] chunked(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String size = line(in, false);
      if (!CHUNK_SIZE.matcher(size).matches()) {
        throw new NotStrict("chunk size: " + size);
      }
      int bytes = Integer.parseInt(size, 16);
      if (bytes == 0) {
        return body.toByteArray();
      }
      byte[] chunk = in.readNBytes(bytes);
      if (chunk.length < bytes) {
        throw new EOFException("inside a chunk");
      }
      body.writeBytes(chunk);
      if (!line(in, false).isEmpty()) {
        throw new NotStrict("a chunk longer than it says");
      }
    }
  }

  private static List<Field> fields(InputStream in) throws IOException {
    List<Field> fields = new ArrayList<>();
    for (String line = line(in, false); !line.isEmpty(); line = line(in, false)) {
      var matcher = FIELD.matcher(line);
      if (!matcher.matches() || !VALUE.matcher(matcher.group(2)).matches()) {
        throw new NotStrict("field: " + line);
      }
      fields.add(new Field(matcher.group(1).toLowerCase(Locale.ROOT), matcher.group(2)));
    }
    return fields;
  }

  /** Without its CRLF. */
  private static String line(InputStream in, boolean mayEnd) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      if (c == '\r') {
        if (in.read() != '\n') {
          throw new NotStrict("a bare CR after " + line);
        }
        return line.toString();
      }
      if (c == '\n' || c == 0 || line.length() > MAX_LINE) {
        throw new NotStrict("a bare LF or NUL, or no end, after " + line);
      }
      line.append((char) c);
    }
    if (mayEnd && line.isEmpty()) {
      return null;
    }
    throw new EOFException("inside a line: " + line);
  }

  String text() {
    return new String(body, StandardCharsets.ISO_8859_1);
  }

  List<String> all(String name) {
    return new Head(method, target, fields).all(name);
  }

  @Override
  public String toString() {
    return method + " " + target + " " + fields + " " + body.length + " bytes";
  }
}
