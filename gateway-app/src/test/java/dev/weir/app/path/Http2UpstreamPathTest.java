package dev.weir.app.path;

import static dev.weir.testing.Http2Client.HEADERS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.FakeHttp2Upstream;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.Http2Client;
import dev.weir.testing.Http2Client.Frame;
import dev.weir.testing.RawClient;
import dev.weir.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints that speak HTTP/2, or turn out not to: what that means for clients. */
final class Http2UpstreamPathTest {

  private static final int REFUSED_STREAM = 7;
  private static final int NO_ERROR = 0;

  @TempDir private Path directory;
  private FakeHttp2Upstream one;
  private FakeHttp2Upstream other;
  private FakeUpstream secure;
  private TestGateway gateway;

  /** What came to the endpoints, in order: which of them, and its fields. */
  private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();

  private record Seen(String endpoint, Map<String, String> fields) {}

  private interface No {
    void say(Http2Client connection, int stream);
  }

  @AfterEach
  void close() {
    gateway.close();
    if (one != null) {
      one.close();
      other.close();
    }
    if (secure != null) {
      secure.close();
    }
  }

  /** Two endpoints, which refuse so many requests together, then answer. */
  private void start(No no, int times, String ofUpstream) {
    BlockingQueue<No> refusals = new LinkedBlockingQueue<>();
    for (int i = 0; i < times; i++) {
      refusals.add(no);
    }
    one = FakeHttp2Upstream.polite(connection -> serve("one", connection, refusals));
    other = FakeHttp2Upstream.polite(connection -> serve("other", connection, refusals));
    gateway =
        TestGateway.start(
            "upstreams: {all: {endpoints: ['%s', '%s'], protocol: http2, breaker: off%s}}\n"
                    .formatted(one.url(), other.url(), ofUpstream)
                + "routes: [{path: /*, to: all}]\n");
  }

  private void serve(String name, Http2Client connection, BlockingQueue<No> refusals) {
    for (Frame frame = connection.next(); frame != null; frame = connection.next()) {
      if (frame.type() != HEADERS) {
        continue;
      }
      seen.add(new Seen(name, frame.fields()));
      No no = refusals.poll();
      if (no == null) {
        connection.headers(frame.stream(), false, ":status", "200");
        connection.data(frame.stream(), "from " + name, true);
      } else {
        no.say(connection, frame.stream());
      }
    }
  }

  private Seen seen() throws InterruptedException {
    Seen next = seen.poll(30, TimeUnit.SECONDS);
    assertThat(next).as("a request").isNotNull();
    return next;
  }

  private static No refusal(String how) {
    return how.equals("GOAWAY")
        ? (connection, stream) -> connection.goAway(stream - 2, NO_ERROR)
        : (connection, stream) -> connection.reset(stream, REFUSED_STREAM);
  }

  /** Up.3, RFC 9113 §8.7: nothing was done for it, so it makes no difference what it asks. */
  @ParameterizedTest
  @CsvSource({"GET, REFUSED_STREAM", "POST, REFUSED_STREAM", "GET, GOAWAY", "POST, GOAWAY"})
  void asksAnotherEndpointIfOneRefuses(String method, String how) throws Exception {
    start(refusal(how), 1, "");
    RawClient client = gateway.client();
    boolean hasBody = method.equals("POST");
    client.send(
        method
            + " /x HTTP/1.1\r\nHost: a.example\r\n"
            + (hasBody ? "Content-Length: 4\r\n\r\nbody" : "\r\n"));
    RawClient.Answer answer = client.answer();

    assertThat(answer.status()).isEqualTo(200);
    String first = seen().endpoint();
    String second = seen().endpoint();
    assertThat(second).isNotEqualTo(first);
    assertThat(answer.text()).isEqualTo("from " + second);
    assertThat(gateway.metric("weir_events_total{event=\"retried\",name=\"all\"}")).isOne();
  }

  /** Up.3: repetitions of what was refused are a load like others. */
  @Test
  void repeatsWhatIsRefusedWithinTheBudget() throws Exception {
    start(refusal("REFUSED_STREAM"), 10, ", retry-budget: {percent: 0%, min-per-second: 0}");
    RawClient.Answer answer = gateway.get("/x", "Host: a.example\r\n");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.text()).contains("urn:weir:failure:upstream_refused");
    seen();
    assertThat(seen).isEmpty();
    assertThat(gateway.metric("weir_events_total{event=\"retry_budget_exhausted\",name=\"all\"}"))
        .isOne();
  }

  /** RFC 9113 §8.2.2, RFC 9110 §10.1.4: of TE only the word that is not for one hop alone. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"trailers|trailers", "gzip;q=0.5, Trailers|trailers", "gzip|", "trailersx|"})
  void tellsEndpointsOfTrailersAlone(String given, String told) throws Exception {
    start(refusal(""), 0, "");

    assertThat(gateway.get("/x", "Host: a\r\nConnection: te\r\nTE: " + given + "\r\n").status())
        .isEqualTo(200);
    assertThat(seen().fields().get("te")).isEqualTo(told);
  }

  @Test
  void tellsEndpointsWhatAClientOfHttp2SaysOfTrailers() throws Exception {
    start(refusal(""), 0, "");
    try (Http2Client client = Http2Client.polite(gateway.port())) {
      assertThat(client.get(1, "/x", "te", "trailers").answer(1).status()).isEqualTo(200);
      assertThat(client.get(3, "/x").answer(3).status()).isEqualTo(200);
    }

    assertThat(seen().fields()).containsEntry("te", "trailers");
    assertThat(seen().fields()).doesNotContainKey("te");
  }

  private void startAuto(String ofUpstream) throws IOException {
    TestAuthority authority = new TestAuthority("Test");
    secure = FakeUpstream.secure(authority.context(authority.issue("127.0.0.1")), false);
    Path ca = Files.writeString(directory.resolve("ca.pem"), authority.pem());
    gateway =
        TestGateway.start(
            ("event-loops: 1\nupstreams: {one: {endpoints: $1, protocol: auto,"
                    + " connect-timeout: 20s, tls: {ca: %s}%s}}\n"
                    + "routes: [{path: /*, to: one, retry: off}]\n")
                .formatted(ca, ofUpstream),
            secure);
  }

  /** Up.1: what an endpoint without HTTP/2 was asked once it is not asked with each request. */
  @Test
  void speaksHttp1WithAnEndpointThatDoesNotChooseHttp2() throws IOException {
    startAuto("");

    for (int i = 0; i < 3; i++) {
      assertThat(gateway.get("/x", "Host: a.example\r\n").text()).isEqualTo("ok");
    }
    assertThat(secure.connections()).as("one to ask, one to use").isEqualTo(2);
    assertThat(secure.received().head().firstLine()).isEqualTo("GET /x HTTP/1.1");
  }

  /** A body that came with the head, and one that comes later: nothing of it was sent by then. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void losesNoBodyOnTheWay(boolean isWhole) throws Exception {
    startAuto("");
    secure.on("/x", exchange -> exchange.reply(200, exchange.text()));
    RawClient client = gateway.client();
    String head = "POST /x HTTP/1.1\r\nHost: a.example\r\nContent-Length: 4\r\n\r\n";
    client.send(head + (isWhole ? "body" : "bo"));
    if (!isWhole) {
      secure.received();
      client.send("dy");
    }

    assertThat(client.answer().text()).isEqualTo("body");
  }

  /** Up.1: it may have learned it since. */
  @Test
  void asksAgainAfterTheLifetimeOfAConnection() throws Exception {
    startAuto(", lifetime: 1s");
    List<Integer> connections = new ArrayList<>();
    long begin = System.nanoTime();
    while (secure.connections() < 4 && System.nanoTime() - begin < 60_000_000_000L) {
      assertThat(gateway.get("/x", "Host: a.example\r\n").status()).isEqualTo(200);
      connections.add(secure.connections());
    }

    assertThat(connections).contains(2).endsWith(4);
  }
}
