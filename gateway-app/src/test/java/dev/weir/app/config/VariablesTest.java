package dev.weir.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Environment variables in a file. */
class VariablesTest {

  private static String body(String text, Map<String, String> environment) {
    Settings settings = Given.settings("routes: [{respond: {body: '" + text + "'}}]", environment);
    RespondSettings respond = settings.routes().get(0).respond();
    assertThat(respond).isNotNull();
    return respond.body();
  }

  @Test
  void areReplacedByTheirValues() {
    assertThat(body("a ${X} b ${Y_2}${X}", Map.of("X", "1", "Y_2", "2"))).isEqualTo("a 1 b 21");
  }

  @Test
  void areReplacedInValuesOfEveryKind() {
    Settings settings =
        Given.settings(
            """
            listen: ${HOST}:${PORT}
            event-loops: ${LOOPS}
            transport: ${TRANSPORT}
            trusted-proxies: ["${RANGE}"]
            drain: {grace: "${GRACE}s"}
            defaults: {retry: "${RETRY}"}
            """,
            Map.of(
                "HOST", "127.0.0.1",
                "PORT", "80",
                "LOOPS", "3",
                "TRANSPORT", "nio",
                "RANGE", "10.0.0.0/8",
                "GRACE", "7",
                "RETRY", "off"));

    assertThat(settings.listen()).isEqualTo(new ListenAddress("127.0.0.1", 80));
    assertThat(settings.eventLoops()).isEqualTo(3);
    assertThat(settings.transport()).isEqualTo(Settings.Transport.NIO);
    assertThat(settings.trustedProxies()).hasSize(1);
    assertThat(settings.drain().grace()).hasSeconds(7);
    assertThat(settings.defaults().retry().on()).isNull();
  }

  @Test
  void haveDefaultsForUnsetAndForEmpty() {
    assertThat(body("${X:-d}", Map.of())).isEqualTo("d");
    assertThat(body("${X:-d}", Map.of("X", ""))).isEqualTo("d");
    assertThat(body("${X:-d}", Map.of("X", "1"))).isEqualTo("1");
    assertThat(body("${X:-}", Map.of())).isEmpty();
    assertThat(body("${X:-a b:-$c}", Map.of())).isEqualTo("a b:-$c");
    assertThat(body("${X}", Map.of("X", ""))).isEmpty();
  }

  @Test
  void areNotMeantByADoubledDollarSign() {
    assertThat(body("$${X} $$ $ $X {X}", Map.of("X", "1"))).isEqualTo("${X} $$ $ $X {X}");
    assertThat(body("$$${X}", Map.of("X", "1"))).isEqualTo("$${X}");
  }

  @Test
  void areNotLookedForInValues() {
    assertThat(body("${X}", Map.of("X", "${Y} $${Y} \\1 $1", "Y", "1")))
        .isEqualTo("${Y} $${Y} \\1 $1");
  }

  @Test
  void bringNoStructure() {
    assertThat(
            Given.problems(
                "listen: ${X}", Map.of("X", "127.0.0.1:80\nevent-loops: 1\nadmin: [a, b]")))
        .containsExactly(
            "gateway.yaml:1:9: listen: \"${X}\" (expected: an address like 127.0.0.1:8080,"
                + " [::1]:8080 or localhost:8080)");
    assertThat(Given.problems("trusted-proxies: ${X}", Map.of("X", "[10.0.0.0/8]"))).hasSize(1);
    assertThat(Given.problems("drain: ${X}", Map.of("X", "{grace: 1s}"))).hasSize(1);
  }

  @Test
  void areNotReplacedInKeys() {
    assertThat(Given.problems("${X}: 1", Map.of("X", "event-loops")))
        .singleElement()
        .asString()
        .startsWith("gateway.yaml:1:1: \"${X}\": unknown key (known: listen");
  }

  @Test
  void missingOnesAreAllReported() {
    assertThat(Given.problems("listen: ${A}:${B}\nadmin:\n  token: ${T}"))
        .containsExactly(
            "gateway.yaml:1:9: listen: the environment has no A (expected: it to be set)",
            "gateway.yaml:1:9: listen: the environment has no B (expected: it to be set)",
            "gateway.yaml:3:10: admin.token: the environment has no T (expected: it to be set)");
  }

  @Test
  void brokenReferencesAreReported() {
    String expected = " (expected: ${NAME} or ${NAME:-default}, or $${ for the characters)";
    for (String broken :
        new String[] {"${", "${}", "${X", "${X-Y}", "${X:Y}", "${1X}", "a ${ X}"}) {
      assertThat(Given.problems("listen: '" + broken + "'", Map.of("X", "1")))
          .containsExactly("gateway.yaml:1:9: listen: \"${\"" + expected);
    }
  }

  @Test
  void valuesAreNotShown() {
    assertThat(Given.problems("event-loops: ${X}", Map.of("X", "hunter2")))
        .containsExactly(
            "gateway.yaml:1:14: event-loops: \"${X}\" (expected: a whole number from 0 to 256)");
  }
}
