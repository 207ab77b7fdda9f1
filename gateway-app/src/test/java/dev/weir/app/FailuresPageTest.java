package dev.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.config.GeneratedPage;
import dev.weir.http.Failure;
import dev.weir.http.Grpc;
import java.io.IOException;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/failures.md} is the enum. */
final class FailuresPageTest {

  private static final String INTRODUCTION =
      """
      # Failures

      <!-- Written by FailuresPageTest from the enum Failure; the test says how to write it anew. -->

      Every reason for which the gateway itself answers, or cuts an answer short. The answer is a problem document
      (RFC 9457) whose `type` is `urn:weir:failure:` and the code; the access log has the code as `reason`, and who is
      named as having ended the request as `ended_by`; the metrics count it under the same names. Codes may be added,
      and are never renamed.

      Where the head of an answer has gone downstream already, no status can be sent any more: the connection is closed
      instead, and log and metrics tell the code.

      A call of gRPC is answered 200 and the code of gRPC's own in `grpc-status`, with the meaning as its message.

      | code | status | gRPC | ended by | meaning | what to do |
      |---|---|---|---|---|---|
      """;

  private static String page() {
    return Stream.of(Failure.values())
        .sorted(Comparator.comparingInt(Failure::status))
        .map(FailuresPageTest::row)
        .collect(Collectors.joining("", INTRODUCTION, ""));
  }

  private static String row(Failure failure) {
    return "| `%s` | %d | %d | %s | %s | %s |%n"
        .formatted(
            failure.code(),
            failure.status(),
            Grpc.statusOf(failure),
            failure.party().name().toLowerCase(Locale.ROOT),
            failure.title(),
            failure.advice());
  }

  @Test
  void tellsEveryFailure() throws IOException {
    GeneratedPage.isCurrent("failures.md", page());
  }

  @Test
  void hasRowsThatATableCanHold() {
    assertThat(Stream.of(Failure.values()).map(FailuresPageTest::row))
        .allSatisfy(row -> assertThat(row.split("\\|")).hasSize(8));
  }
}
