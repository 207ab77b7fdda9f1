package dev.weir.app.hostile;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a careful reader finds in the bytes of a client: requests, up to the first that breaks a
 * rule of RFC 9112 or is not whole. It shares no code with the gateway, and tells what may be
 * forwarded at most: a request that it does not find has another meaning to somebody.
 */
final class ReferenceReader {

  /** One request that is whole. */
  record Read(String method, String target, byte[] body) {}

  private static final Pattern REQUEST_LINE =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\\x21-\\x7e]+) HTTP/1\\.([01])");
  private static final Pattern FIELD =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*([\\t\\x20-\\x7e\\x80-\\xff]*)");
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
  private static final Pattern CHUNK =
      Pattern.compile("0*([0-9a-fA-F]{1,7})(?:[ \\t]*;[\\t\\x20-\\x7e\\x80-\\xff]*)?");

  /** There is no more, or nothing that could be understood. */
  private static final class Over extends Exception {
    private static final long serialVersionUID = 1;
  }

  private final byte[] bytes;
  private int at;

  private ReferenceReader(byte[] bytes) {
    this.bytes = bytes;
  }

  static List<Read> read(byte[] bytes) {
    ReferenceReader reader = new ReferenceReader(bytes);
    List<Read> found = new ArrayList<>();
    try {
      while (true) {
        found.add(reader.next());
      }
    } catch (Over over) {
      return found;
    }
  }

  private Read next() throws Over {
    String line = line();
    while (line.isEmpty()) {
      line = line();
    }
    var requestLine = REQUEST_LINE.matcher(line);
    require(requestLine.matches());
    List<String> lengths = new ArrayList<>();
    List<String> codings = new ArrayList<>();
    for (String field = line(); !field.isEmpty(); field = line()) {
      var matcher = FIELD.matcher(field);
      require(matcher.matches());
      String value = matcher.group(2).replaceAll("[ \\t]+$", "");
      switch (matcher.group(1).toLowerCase(Locale.ROOT)) {
        case "content-length" -> lengths.add(value);
        case "transfer-encoding" -> codings.add(value);
        default -> {}
      }
    }
    require(lengths.size() + codings.size() <= 1);
    require(codings.isEmpty() || requestLine.group(3).equals("1"));
    byte[] body = new byte[0];
    if (!codings.isEmpty()) {
      require(codings.get(0).equalsIgnoreCase("chunked"));
      body = chunked();
    } else if (!lengths.isEmpty()) {
      require(LENGTH.matcher(lengths.get(0)).matches());
      body = some(Long.parseLong(lengths.get(0)));
    }
    return new Read(requestLine.group(1), requestLine.group(2), body);
  }

  private byte[] chunked() throws Over {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      var chunk = CHUNK.matcher(line());
      require(chunk.matches());
      int size = Integer.parseInt(chunk.group(1), 16);
      if (size == 0) {
        for (String trailer = line(); !trailer.isEmpty(); trailer = line()) {
          require(FIELD.matcher(trailer).matches());
        }
        return body.toByteArray();
      }
      body.writeBytes(some(size));
      require(line().isEmpty());
    }
  }

  private byte[] some(long count) throws Over {
    require(count <= bytes.length - at);
    at += (int) count;
    return Arrays.copyOfRange(bytes, at - (int) count, at);
  }

  private String line() throws Over {
    StringBuilder line = new StringBuilder();
    while (at < bytes.length) {
      char c = (char) (bytes[at++] & 0xff);
      if (c == '\r') {
        require(at < bytes.length && bytes[at] == '\n');
        at++;
        return line.toString();
      }
      require(c != '\n');
      line.append(c);
    }
    throw new Over();
  }

  private static void require(boolean holds) throws Over {
    if (!holds) {
      throw new Over();
    }
  }
}
