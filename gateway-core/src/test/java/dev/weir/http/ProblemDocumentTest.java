package dev.weir.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.testing.Requests;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** RFC 9457. */
class ProblemDocumentTest {

  private final Request request = Requests.get("/orders/7");

  private JsonNode render(Failure failure, String detail) {
    return new JsonMapper().readTree(ProblemDocument.render(request, failure, detail));
  }

  @Test
  void saysWhatHappenedAndWhatToDo() {
    request.progress().matched("orders");
    request.progress().attempt("http://10.0.0.7");
    request.progress().attempt("http://10.0.0.8");

    String document =
        new String(ProblemDocument.render(request, Failure.NO_ENDPOINT, "a \"fact\""), UTF_8);

    assertThat(document)
        .isEqualTo(
            "{\"type\":\"urn:weir:failure:no_endpoint\","
                + "\"title\":\"The upstream has no endpoint that could be asked.\","
                + "\"status\":503,"
                + "\"code\":\"no_endpoint\","
                + "\"detail\":\"a \\\"fact\\\"\","
                + "\"advice\":\"Add an endpoint, or mend those there are.\","
                + "\"request_id\":\"id-1\","
                + "\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\","
                + "\"route\":\"orders\","
                + "\"attempts\":2}\n");
  }

  @Test
  void leavesOutWhatIsNotKnown() {
    JsonNode document = render(Failure.NO_ROUTE, null);

    assertThat(document.propertyNames())
        .containsExactly(
            "type", "title", "status", "code", "advice", "request_id", "trace_id", "attempts");
    assertThat(document.get("attempts").intValue()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void rendersEveryFailure(Failure failure) {
    JsonNode document = render(failure, "detail");

    assertThat(document.get("type").stringValue()).isEqualTo(failure.type());
    assertThat(document.get("title").stringValue()).isEqualTo(failure.title());
    assertThat(document.get("status").intValue()).isEqualTo(failure.status());
    assertThat(document.get("code").stringValue()).isEqualTo(failure.code());
    assertThat(document.get("advice").stringValue()).isEqualTo(failure.advice());
  }

  @Property(tries = 500)
  void isJsonWhateverTheDetailHolds(@ForAll String detail) {
    JsonNode document = render(Failure.BAD_TARGET, Quoted.of(detail));

    assertThat(document.get("detail").stringValue()).isEqualTo(Quoted.of(detail));
    assertThat(render(Failure.BAD_TARGET, detail).get("detail").isString()).isTrue();
  }
}
