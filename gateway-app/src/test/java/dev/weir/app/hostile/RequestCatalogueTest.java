package dev.weir.app.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.app.hostile.Hostile.Check;
import dev.weir.app.hostile.Hostile.Expected;
import dev.weir.app.hostile.Hostile.Then;
import dev.weir.testing.HttpHead;
import dev.weir.testing.RawClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * X8, P16: the catalogue of hostile requests, sent to a gateway in front of an upstream that reads
 * strictly. Each is sent whole, and in two pieces; behind it comes a request that must not be
 * answered, nor forwarded, once the gateway has refused.
 *
 * <p>With {@code -Dcatalogue=all} all are cut at every byte, without it here and there, which takes
 * seconds. ({@code StrictRequestDecoderTest} cuts all of them everywhere, without a gateway
 * around.)
 */
@Timeout(value = 3, unit = TimeUnit.HOURS)
final class RequestCatalogueTest {

  private static final boolean IS_LONG = "all".equals(System.getProperty("catalogue"));
  private static final String CANARY = "GET /canary HTTP/1.1\r\nHost: canary\r\n\r\n";
  private static final int MAX_CUTS = IS_LONG ? 400 : 30;

  /** What the gateway adds, or makes anew. */
  private static final Set<String> OURS =
      Set.of(
          "host",
          "via",
          "x-forwarded-for",
          "x-forwarded-proto",
          "x-forwarded-host",
          "forwarded",
          "traceparent",
          "x-request-id",
          "x-request-timeout",
          "content-length",
          "transfer-encoding");

  private static final RecordingUpstream UPSTREAM = new RecordingUpstream();

  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.of(
          """
          event-loops: 1
          limits: {target: 4KiB, headers: 8KiB, header-count: 100}
          upstreams:
            one: {endpoints: %s, host: preserve, breaker: off}
          defaults: {retry: off, max-body: 64KiB}
          routes:
            - {id: fixed, path: /fixed, respond: {status: 200, body: fixed}}
            - {id: only, host: only.example, path: /only, respond: {status: 418}}
            - {id: all, to: one}
          """
              .formatted(UPSTREAM.url()));

  @AfterAll
  static void close() {
    UPSTREAM.close();
  }

  static List<List<Hostile>> cases() {
    return List.copyOf(
        RequestCatalogue.all().stream()
            .collect(
                Collectors.groupingBy(
                    hostile -> hostile.name().replaceAll(" \\(\\d+\\)$", ""),
                    LinkedHashMap::new,
                    Collectors.toList()))
            .values());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void becomesWhatItHasTo(List<Hostile> variants) {
    // What the case before has begun and not ended may have come late.
    var unused = UPSTREAM.take();
    RawClient metronome = GATEWAY.client();
    for (int i = 0; i < variants.size(); i++) {
      Hostile hostile = variants.get(i);
      Conversation whole = new Conversation(hostile, hostile.bytes().length, metronome);
      whole.hold();
      for (int cut : cuts(hostile.bytes().length, i)) {
        new Conversation(hostile, cut, metronome).hold();
      }
    }
  }

  /** Where to cut a message of that length. */
  private static List<Integer> cuts(int length, int variant) {
    int count = IS_LONG || variant == 0 ? MAX_CUTS : 1;
    int step = Math.max(1, length / count);
    List<Integer> cuts = new ArrayList<>();
    for (int cut = 1 + variant % step; cut < length; cut += step) {
      cuts.add(cut);
    }
    return cuts;
  }

  /** One connection on which a case is sent, and all that comes of it. */
  private static final class Conversation {

    private final Hostile hostile;
    private final int cut;
    private final RawClient metronome;
    private final List<Expected.Forwarded> forwarded = new ArrayList<>();
    private boolean mayHaveBegun;

    Conversation(Hostile hostile, int cut, RawClient metronome) {
      this.hostile = hostile;
      this.cut = cut;
      this.metronome = metronome;
    }

    void hold() {
      try (RawClient client = new RawClient(GATEWAY.port())) {
        send(client);
        boolean goesOn = true;
        for (Expected expected : hostile.expected()) {
          goesOn = meets(client, expected);
        }
        if (goesOn && !hostile.endsStream()) {
          forwarded.add(new Expected.Forwarded("GET", "/canary", new byte[0], List.of()));
          assertAnswered(client, "GET", "/canary", new byte[0]);
        }
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(describe(e.toString()), e);
      }
      assertForwarded(UPSTREAM.take());
    }

    private String describe(String what) {
      String text = hostile.text();
      String sent = text.length() > 300 ? text.substring(0, 300) + "..." : text;
      return hostile.name()
          + ", cut at "
          + cut
          + " of "
          + text.length()
          + ": "
          + what
          + "\n"
          + sent.replace("\r", "\\r").replace("\n", "\\n\n");
    }

    private void send(RawClient client) {
      byte[] bytes = hostile.bytes();
      try {
        client.send(Arrays.copyOfRange(bytes, 0, cut));
        if (cut < bytes.length) {
          letTheLoopTurn();
        }
        String behind = hostile.endsStream() ? "" : CANARY;
        byte[] rest = Arrays.copyOfRange(bytes, cut, bytes.length + behind.length());
        byte[] canary = HttpHead.bytes(behind);
        System.arraycopy(canary, 0, rest, rest.length - canary.length, canary.length);
        client.send(rest);
        if (hostile.endsStream()) {
          client.halfClose();
        }
      } catch (IllegalStateException refusedEarlier) {
        // What it says to that is still to be read.
      }
    }

    /**
     * The gateway has one event loop: when it has answered two requests that were sent later, it
     * has read what was sent before.
     */
    private void letTheLoopTurn() {
      for (int i = 0; i < 2; i++) {
        assertThat(metronome.get("/fixed").answer().status()).isEqualTo(200);
      }
    }

    /** Whether the connection has to go on afterwards. */
    private boolean meets(RawClient client, Expected expected) {
      if (expected instanceof Expected.Forwarded request) {
        forwarded.add(request);
        assertAnswered(client, request.method(), request.target(), request.body());
        return true;
      }
      if (expected instanceof Expected.Begun) {
        mayHaveBegun = true;
        return true;
      }
      if (expected instanceof Expected.Answered answered) {
        return meets(client, answered);
      }
      assertThat(client.isAtEnd()).as("the connection is cut").isTrue();
      return false;
    }

    private boolean meets(RawClient client, Expected.Answered expected) {
      RawClient.Answer answer = answer(client, false);
      assertThat(answer.status()).as(answer.text()).isEqualTo(expected.status());
      if (expected.then() == Then.CLOSE) {
        assertThat(answer.field("connection")).isEqualTo("close");
        assertThat(client.isAtEnd()).as("nothing follows a refusal").isTrue();
        return false;
      }
      return expected.then() == Then.KEEP || !"close".equals(answer.field("connection"));
    }

    private void assertAnswered(RawClient client, String method, String target, byte[] body) {
      boolean isHead = method.equals("HEAD");
      RawClient.Answer answer = answer(client, isHead);
      assertThat(answer.status()).as(answer.text()).isEqualTo(200);
      if (!isHead) {
        assertThat(answer.text()).isEqualTo(RecordingUpstream.understood(method, target, body));
      }
    }

    private static RawClient.Answer answer(RawClient client, boolean isToHead) {
      RawClient.Answer answer = isToHead ? client.answerToHead() : client.answer();
      return answer.status() == 100 ? answer(client, isToHead) : answer;
    }

    private void assertForwarded(RecordingUpstream.Seen seen) {
      assertThat(seen.faults())
          .as(describe("forwarded with two meanings, " + seen.whole() + ", " + seen.begun()))
          .isEmpty();
      assertThat(seen.whole().stream().map(r -> r.method() + " " + r.target() + " " + r.text()))
          .as(describe("forwarded"))
          .isEqualTo(
              forwarded.stream()
                  .map(
                      f ->
                          f.method()
                              + " "
                              + f.target()
                              + " "
                              + new String(f.body(), StandardCharsets.ISO_8859_1))
                  .toList());
      if (!mayHaveBegun) {
        assertThat(seen.begun()).as(describe("begun")).hasSameSizeAs(seen.whole());
      }
      for (int i = 0; i < forwarded.size(); i++) {
        check(forwarded.get(i), seen.whole().get(i));
      }
    }

    private void check(Expected.Forwarded expected, StrictRequest request) {
      List<String> theirs =
          request.fields().stream()
              .filter(field -> !OURS.contains(field.name()))
              .map(field -> field.name() + ": " + field.value())
              .toList();
      List<String> with = new ArrayList<>();
      String host = request.target().equals("/canary") ? "canary" : "a";
      for (Check check : expected.checks()) {
        String[] field = check.text().split(": ", 2);
        switch (check.kind()) {
          case "with" -> with.add(check.text());
          case "host" -> host = check.text();
          case "field" ->
              assertThat(request.all(field[0])).as(describe(field[0])).containsExactly(field[1]);
          case "fresh" ->
              assertThat(request.all(field[0]))
                  .as(describe(field[0]))
                  .hasSize(1)
                  .noneMatch(value -> hostile.text().contains(value));
          case "trailer" ->
              assertThat(request.trailers())
                  .as(describe("trailers"))
                  .containsExactly(new StrictRequest.Field(field[0], field[1]));
          default -> throw new IllegalStateException(check.kind());
        }
      }
      if (!with.contains("any")) {
        assertThat(theirs).as(describe("fields")).containsExactlyInAnyOrderElementsOf(with);
      }
      if (!host.equals("any")) {
        assertThat(request.all("host")).as(describe("host")).containsExactly(host);
      }
      if (expected.checks().stream().noneMatch(check -> check.kind().equals("trailer"))) {
        assertThat(request.trailers()).as(describe("trailers")).isEmpty();
      }
    }
  }
}
