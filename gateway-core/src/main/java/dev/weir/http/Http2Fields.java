package dev.weir.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Map;

/**
 * Header fields on their way between HTTP/2 and the form that they have here, which is that of
 * HTTP/1.1. What could mean one thing there and another here is refused (RFC 9113 §8.2, §10.3).
 */
public final class Http2Fields {

  private static final AsciiString COOKIE_SEPARATOR = AsciiString.cached("; ");

  private Http2Fields() {}

  /** Fields that break the rules of HTTP/2. */
  public static final class Malformed extends Exception {

    private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message, null, false, false);
    }
  }

  /** A request or an answer that breaks a rule of HTTP/2. */
  public static Malformed malformed(String what) {
    return new Malformed(what);
  }

  /**
   * The fields, without pseudo-header fields, and with the pieces of a cookie made one (RFC 9113
   * §8.2.3).
   *
   * @throws Malformed if a name or value could not stand in a message of HTTP/1.1
   */
  public static HttpHeaders read(Http2Headers headers) throws Malformed {
    HttpHeaders fields = Fields.create();
    StringBuilder cookie = null;
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      CharSequence name = field.getKey();
      CharSequence value = field.getValue();
      if (name.length() > 0 && name.charAt(0) == ':') {
        continue;
      }
      checkName(name);
      checkValue(name, value);
      if (name.length() == 6 && HttpHeaderNames.COOKIE.contentEquals(name)) {
        cookie = cookie == null ? new StringBuilder() : cookie.append(COOKIE_SEPARATOR);
        cookie.append(value);
      } else {
        fields.add(name, value);
      }
    }
    if (cookie != null) {
      fields.add(HttpHeaderNames.COOKIE, cookie.toString());
    }
    return fields;
  }

  private static void checkName(CharSequence name) throws Malformed {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!isTokenCharacter(c) || c >= 'A' && c <= 'Z') {
        throw new Malformed("field name: " + Quoted.of(name.toString()));
      }
    }
    if (name.length() == 0 || isOfOneConnection(name)) {
      throw new Malformed("field name: " + Quoted.of(name.toString()));
    }
  }

  /** RFC 9110 §5.6.2. */
  private static boolean isTokenCharacter(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  /** Whether the text is a token; of methods. */
  public static boolean isToken(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isTokenCharacter(text.charAt(i))) {
        return false;
      }
    }
    return text.length() > 0;
  }

  /** RFC 9113 §8.2.1: nothing that ends a line, and no blank at either end. */
  private static void checkValue(CharSequence name, CharSequence value) throws Malformed {
    int length = value.length();
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      boolean isBlank = c == ' ' || c == '\t';
      boolean isAtAnEnd = i == 0 || i == length - 1;
      if (c < ' ' && c != '\t' || c == 0x7F || isBlank && isAtAnEnd) {
        throw new Malformed("value of " + Quoted.of(name.toString()));
      }
    }
  }

  /** RFC 9113 §8.2.2. TE is, too, but for what a decoder has seen to. */
  private static boolean isOfOneConnection(CharSequence name) {
    return switch (name.length()) {
      case 7 -> HttpHeaderNames.UPGRADE.contentEqualsIgnoreCase(name);
      case 10 ->
          HttpHeaderNames.CONNECTION.contentEqualsIgnoreCase(name)
              || Fields.KEEP_ALIVE.contentEqualsIgnoreCase(name);
      case 16 -> Fields.PROXY_CONNECTION.contentEqualsIgnoreCase(name);
      case 17 -> HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name);
      default -> false;
    };
  }

  /** Of a response, informational or final. */
  public static Http2Headers ofResponse(int status, HttpHeaders fields) {
    Http2Headers headers = new DefaultHttp2Headers(false, fields.size() + 4);
    headers.status(AsciiString.of(Integer.toString(status)));
    addTo(headers, fields);
    return headers;
  }

  /** Of a trailer section. */
  public static Http2Headers ofTrailers(HttpHeaders fields) {
    Http2Headers headers = new DefaultHttp2Headers(false, fields.size());
    addTo(headers, fields);
    return headers;
  }

  /** Adds all that may go on, names in lower case. */
  public static void addTo(Http2Headers headers, HttpHeaders fields) {
    var entries = fields.iteratorCharSequence();
    while (entries.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = entries.next();
      if (!isOfOneConnection(field.getKey())) {
        headers.add(lower(field.getKey()), field.getValue());
      }
    }
  }

  private static CharSequence lower(CharSequence name) {
    return AsciiString.of(name).toLowerCase();
  }
}
