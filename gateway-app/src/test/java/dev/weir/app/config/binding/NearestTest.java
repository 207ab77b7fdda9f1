package dev.weir.app.config.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which word was probably meant. */
class NearestTest {

  private static String nearest(String word, String... known) {
    return Nearest.to(word, List.of(known));
  }

  @Test
  void isFoundAcrossTypingErrors() {
    assertThat(nearest("retires", "retries", "routes")).isEqualTo("retries");
    assertThat(nearest("retris", "retries")).isEqualTo("retries");
    assertThat(nearest("rretries", "retries")).isEqualTo("retries");
    assertThat(nearest("retriez", "retries")).isEqualTo("retries");
    assertThat(nearest("queueTimeout", "queue", "queue-timeout")).isEqualTo("queue-timeout");
    assertThat(nearest("queue_timeout", "queue-timeout")).isEqualTo("queue-timeout");
    assertThat(nearest("ot", "to")).isEqualTo("to");
    assertThat(nearest("a".repeat(63) + "b", "a".repeat(64))).isEqualTo("a".repeat(64));
  }

  @Test
  void isTheNearestAndOfThoseTheFirst() {
    assertThat(nearest("abcdef", "abcxyf", "abcdxf")).isEqualTo("abcdxf");
    assertThat(nearest("abcd", "abcx", "abcy")).isEqualTo("abcx");
  }

  @Test
  void isNoneWhereTooMuchWouldChange() {
    assertThat(nearest("ab", "xy")).isNull();
    assertThat(nearest("abcdef", "abcxyz")).isNull();
    assertThat(nearest("abcdefghijklmnop", "abcdefghijklwxyz")).isNull();
    assertThat(nearest("x", "listen")).isNull();
    assertThat(nearest("", "to")).isNull();
    assertThat(nearest("a".repeat(65), "a".repeat(64))).isNull();
    assertThat(nearest("a".repeat(64), "a".repeat(65))).isNull();
    assertThat(nearest("a", "bc")).isNull();
    assertThat(nearest("bc", "a")).isNull();
    assertThat(nearest("abc")).isNull();
  }

  @Test
  void hintListsWhatThereIs() {
    assertThat(Nearest.hint("x", List.of("abc", "d\ne"))).isEqualTo("known: abc, \"d\\u000ae\"");
    assertThat(Nearest.hint("x", List.of())).isEqualTo("there is none");
    List<String> many = IntStream.range(100, 135).mapToObj(i -> "name-" + i).toList();
    assertThat(Nearest.hint("x", many)).endsWith("name-129, ...");
    assertThat(Nearest.hint("x", many.subList(0, 30))).endsWith("name-129");
  }
}
