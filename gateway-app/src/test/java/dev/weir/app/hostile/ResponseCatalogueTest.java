package dev.weir.app.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.RawClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * X1, X2, P11: what upstreams answer and should not, {@code responses/upstream.txt}, whole and in
 * two pieces. The client gets a whole answer that is right, a 502, or one that it can see is cut;
 * and after each of them others get what is theirs.
 *
 * <p>Of the sender, {@code .close} and {@code .reset} say how it ends the connection, if it does,
 * {@code .head} that HEAD was asked, and {@code .whole} that it is sent in one piece only: what
 * comes when the next request is on its way already can't be told from the answer to that. What has
 * to happen: {@code => 200 body}, with {@code field} and {@code without}; {@code => 502}; {@code =>
 * cut}, which a 502 is, too.
 */
@Timeout(value = 3, unit = TimeUnit.HOURS)
final class ResponseCatalogueTest {

  private static final boolean IS_LONG = "all".equals(System.getProperty("catalogue"));
  private static final int MAX_CUTS = IS_LONG ? 400 : 20;
  private static final FakeUpstream UPSTREAM = new FakeUpstream();
  private static final AtomicInteger NUMBER = new AtomicInteger();

  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.of(
          """
          event-loops: 1
          upstreams:
            one: {endpoints: $1, breaker: off}
          defaults: {retry: off, timeouts: {request: 10s, idle: 10s}}
          routes:
            - {id: fixed, path: /fixed, respond: {status: 200, body: fixed}}
            - {id: all, to: one}
          """,
          UPSTREAM);

  static List<List<Notation.Case>> cases() {
    return List.copyOf(
        Notation.read("/responses/upstream.txt").stream()
            .collect(
                Collectors.groupingBy(
                    variant -> variant.name().replaceAll(" \\(\\d+\\)$", ""),
                    LinkedHashMap::new,
                    Collectors.toList()))
            .values());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void givesTheClientAnAnswerThatIsRightOrNone(List<Notation.Case> variants) {
    RawClient metronome = GATEWAY.client();
    for (int i = 0; i < variants.size(); i++) {
      Notation.Case variant = variants.get(i);
      int length = variant.sent().length;
      hold(variant, length, metronome);
      if (variant.said().contains("whole")) {
        continue;
      }
      int count = IS_LONG || i == 0 ? MAX_CUTS : 1;
      int step = Math.max(1, length / count);
      for (int cut = 1 + i % step; cut < length; cut += step) {
        hold(variant, cut, metronome);
      }
    }
  }

  private static void hold(Notation.Case variant, int cut, RawClient metronome) {
    boolean isHead = variant.said().contains("head");
    CountDownLatch isSeen = new CountDownLatch(1);
    CountDownLatch isOver = new CountDownLatch(1);
    String path = "/hostile/" + NUMBER.incrementAndGet();
    UPSTREAM.on(path, exchange -> answer(exchange, variant, cut, isSeen, isOver));
    try (RawClient client = new RawClient(GATEWAY.port())) {
      client.request(isHead ? "HEAD" : "GET", path, "", "");
      if (cut < variant.sent().length) {
        await(isSeen);
        // As in RequestCatalogueTest: now the first piece has been read.
        assertThat(metronome.get("/fixed").answer().status()).isEqualTo(200);
        assertThat(metronome.get("/fixed").answer().status()).isEqualTo(200);
      }
      isOver.countDown();
      check(variant, client, isHead);
      assertOthersGetTheirs();
    } catch (RuntimeException | AssertionError e) {
      String text = new String(variant.sent(), StandardCharsets.ISO_8859_1);
      throw new AssertionError(
          variant.name()
              + ", cut at "
              + cut
              + ": "
              + e
              + "\n"
              + text.substring(0, Math.min(300, text.length())),
          e);
    }
  }

  private static void answer(
      FakeUpstream.Exchange exchange,
      Notation.Case variant,
      int cut,
      CountDownLatch isSeen,
      CountDownLatch isOver)
      throws Exception {
    byte[] bytes = variant.sent();
    exchange.send(Arrays.copyOf(bytes, cut));
    isSeen.countDown();
    await(isOver);
    exchange.send(Arrays.copyOfRange(bytes, cut, bytes.length));
    if (variant.said().contains("close")) {
      exchange.close();
    } else if (variant.said().contains("reset")) {
      exchange.reset();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void check(Notation.Case variant, RawClient client, boolean isHead) {
    String[] expected = variant.expected().get(0).split(" ", 3);
    RawClient.Answer answer = null;
    try {
      answer = answer(client, isHead);
    } catch (IllegalStateException isCut) {
      assertThat(expected[1]).as("cut: " + isCut).isEqualTo("cut");
      return;
    }
    int status = expected[1].equals("cut") ? 502 : Integer.parseInt(expected[1]);
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    if (status == 502) {
      assertThat(answer.text()).containsAnyOf("upstream_invalid", "upstream_closed");
    } else {
      assertThat(answer.text()).isEqualTo(expected.length < 3 ? "" : expected[2]);
    }
    for (String line : variant.expected().subList(1, variant.expected().size())) {
      String[] words = line.split(" ", 2);
      String[] field = words[1].split(": ", 2);
      assertThat(answer.field(field[0]))
          .as(line)
          .isEqualTo(words[0].equals("without") ? null : field[1]);
    }
  }

  private static RawClient.Answer answer(RawClient client, boolean isHead) {
    RawClient.Answer answer = isHead ? client.answerToHead() : client.answer();
    return answer.status() < 200 ? answer(client, isHead) : answer;
  }

  /** On whatever connections the gateway keeps to the upstream. */
  private static void assertOthersGetTheirs() {
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      String path = "/own/" + NUMBER.incrementAndGet();
      UPSTREAM.on(path, exchange -> exchange.reply(200, exchange.path()));
      RawClient client = new RawClient(GATEWAY.port());
      clients.add(client);
      assertThat(client.get(path).answer().text()).isEqualTo(path);
    }
    clients.forEach(RawClient::close);
  }
}
