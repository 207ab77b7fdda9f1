package dev.weir.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** P11: that a client would see it. */
final class AnswerHashTest {

  private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);

  @Test
  void seesAnswersThatAreNotTheRequestsOwn() {
    String said = AnswerHash.of("a", CONTENT);

    assertThatCode(() -> AnswerHash.check(said, "a", CONTENT)).doesNotThrowAnyException();
    assertThatCode(() -> AnswerHash.check(null, "a", CONTENT)).doesNotThrowAnyException();
    assertThatThrownBy(() -> AnswerHash.check(said, "b", CONTENT))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> AnswerHash.check(said, "a", new byte[0]))
        .isInstanceOf(AssertionError.class);
  }
}
