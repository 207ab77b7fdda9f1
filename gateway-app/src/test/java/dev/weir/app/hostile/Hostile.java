package dev.weir.app.hostile;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Bytes that a client sends on one connection, and what has to become of them.
 *
 * @param name the rows of the catalogue, and what is special
 * @param endsStream whether the client says, behind these bytes, that no more will come
 */
public record Hostile(String name, byte[] bytes, boolean endsStream, List<Expected> expected) {

  /** One thing that has to happen. */
  public sealed interface Expected {

    /** The upstream gets one request, and its answer goes to the client. */
    record Forwarded(String method, String target, byte[] body, List<Check> checks)
        implements Expected {}

    /** The upstream may see its head, and never its end. */
    record Begun(String method, String target) implements Expected {}

    /** The gateway answers by itself. */
    record Answered(int status, Then then) implements Expected {}

    /** The connection ends without an answer. */
    record Cut() implements Expected {}
  }

  /** What becomes of the connection behind an answer of the gateway's own. */
  public enum Then {
    /** It ends: nothing that follows is answered, or forwarded. */
    CLOSE,
    KEEP,
    ANY
  }

  /**
   * What else holds for a forwarded request.
   *
   * @param kind {@code with}: this field of the client's and no others. {@code field}: this value
   *     of a field that the gateway makes. {@code fresh}: such a field has another value than the
   *     client sent. {@code host}, {@code trailer}
   */
  public record Check(String kind, String text) {}

  boolean isForwarded() {
    return expected.stream().allMatch(Expected.Forwarded.class::isInstance);
  }

  String text() {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public String toString() {
    return name;
  }
}
