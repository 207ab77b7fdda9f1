package dev.weir.testing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * P11: what an upstream says of its answer, so that a client sees if it was given another's, part
 * of one or parts of two: a hash of the request's id and of the content. Clients of the tests
 * compare it in whatever answer has one.
 */
final class AnswerHash {

  static final String FIELD = "x-answer-hash";

  private AnswerHash() {}

  static String of(String requestId, byte[] content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((requestId + '\n').getBytes(StandardCharsets.ISO_8859_1));
      return HexFormat.of().formatHex(digest.digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * Passes an answer that is what the upstream meant for this request.
   *
   * @param said null if the upstream has said nothing
   */
  static void check(String said, String requestId, byte[] content) {
    if (said != null && !said.equals(of(requestId, content))) {
      throw new AssertionError(
          "the answer to "
              + requestId
              + " is another's, or not whole: "
              + content.length
              + " bytes, "
              + new String(content, 0, Math.min(100, content.length), StandardCharsets.UTF_8));
    }
  }
}
