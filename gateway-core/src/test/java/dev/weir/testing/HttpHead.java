package dev.weir.testing;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The first line and the fields of a message as they stand on the wire; read by a parser that
 * shares no code with the one under test, and takes nothing but the strict form.
 */
public record HttpHead(String firstLine, List<String> fields) {

  /** Null if the stream ends before a message begins. */
  static HttpHead read(InputStream in) throws IOException {
    String firstLine = line(in);
    if (firstLine == null) {
      return null;
    }
    List<String> fields = fields(in);
    return new HttpHead(firstLine, fields);
  }

  static List<String> fields(InputStream in) throws IOException {
    List<String> fields = new ArrayList<>();
    for (String field = line(in); ; field = line(in)) {
      if (field == null) {
        throw new EOFException("inside the header fields, after " + fields);
      }
      if (field.isEmpty()) {
        return fields;
      }
      if (field.indexOf(':') <= 0 || field.charAt(0) == ' ') {
        throw new IOException("not a field: " + field);
      }
      fields.add(field);
    }
  }

  /** Without its CRLF; null at the end of the stream. */
  static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      if (c == '\n') {
        throw new IOException("a bare LF after " + line);
      }
      if (c == '\r') {
        if (in.read() != '\n') {
          throw new IOException("a bare CR after " + line);
        }
        return line.toString();
      }
      line.append((char) c);
    }
    if (line.isEmpty()) {
      return null;
    }
    throw new EOFException("inside a line: " + line);
  }

  /** The values of all fields of that name, in order. */
  public List<String> all(String name) {
    String prefix = name.toLowerCase(Locale.ROOT) + ":";
    return fields.stream()
        .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(prefix))
        .map(field -> field.substring(prefix.length()).strip())
        .toList();
  }

  /** The value of the only field of that name; null if there is none. */
  public String get(String name) {
    List<String> all = all(name);
    if (all.size() > 1) {
      throw new IllegalStateException(name + " more than once: " + all);
    }
    return all.isEmpty() ? null : all.get(0);
  }

  /** The bytes of a chunked body, and what trailer fields follow it. */
  record Chunked(byte[] content, List<String> trailers) {

    static Chunked read(InputStream in) throws IOException {
      java.io.ByteArrayOutputStream content = new java.io.ByteArrayOutputStream();
      while (true) {
        String size = line(in);
        if (size == null) {
          throw new EOFException("before the last chunk, after " + content.size() + " bytes");
        }
        int length = Integer.parseInt(size, 16);
        if (length == 0) {
          return new Chunked(content.toByteArray(), fields(in));
        }
        byte[] chunk = in.readNBytes(length);
        if (chunk.length < length) {
          throw new EOFException("inside a chunk, after " + content.size() + " bytes");
        }
        content.writeBytes(chunk);
        if (!"".equals(line(in))) {
          throw new IOException("a chunk longer than it says");
        }
      }
    }
  }

  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
