package dev.weir.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Authority;
import dev.weir.http.Body;
import dev.weir.http.Ending;
import dev.weir.http.FailureException;
import dev.weir.http.Fields;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.loop.EventLoops;
import dev.weir.telemetry.Telemetry;
import dev.weir.testing.Await;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.FakeUpstream.Exchange;
import dev.weir.testing.Http2Front;
import dev.weir.testing.HttpHead;
import dev.weir.testing.Requests;
import dev.weir.testing.Vigilance;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The same odd exchanges through both connectors give the same: what the endpoint is sent, and what
 * comes back. -Dseed to repeat one run, -Dexchanges for a longer one.
 */
class ConnectorDifferenceTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final ConnectionPolicy POLICY =
      new ConnectionPolicy(
          Duration.ofSeconds(5), 8, Duration.ofSeconds(30), 4096, Duration.ofHours(1), 0);
  private static final List<String> HEADS =
      List.of(
          "HTTP/1.1 200 OK\r\n",
          "HTTP/1.1 200 OK\r\n",
          "HTTP/1.1 200 OK\r\n",
          "HTTP/1.1 200\r\n",
          "HTTP/1.0 200 OK\r\n",
          "HTTP/1.1 204 No Content\r\n",
          "HTTP/1.1 304 Not Modified\r\n",
          "HTTP/1.1 206 Partial Content\r\n",
          "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n",
          "HTTP/1.1 404 Not Found\r\n",
          "HTTP/1.1 500 Oh\r\n",
          "HTTP/1.1 599 Odd\r\n",
          "HTTP/1.1 600 Odder\r\n",
          "HTTP/1.1 99 Low\r\n",
          "HTTX/1.1 200 OK\r\n",
          "garbage\r\n");
  private static final List<String> FIELDS =
      List.of(
          "",
          "",
          "",
          "X-A: 1\r\nX-A: 2\r\n",
          "Connection: close\r\n",
          "Connection: x-own\r\nX-Own: 1\r\n",
          "Keep-Alive: timeout=5\r\nConnection: keep-alive\r\n",
          "Set-Cookie: a=b\r\nSet-Cookie: c=d\r\n",
          "X-Long: " + "y".repeat(1000) + "\r\n",
          "X-Too-Long: " + "y".repeat(5000) + "\r\n",
          "X-Latin: \u00e4\u00f6\r\n",
          "X-Empty:\r\n",
          " leading: blank\r\n");
  private static final List<String> EARLY =
      List.of(
          "",
          "",
          "",
          "",
          "HTTP/1.1 100 Continue\r\n\r\n",
          "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
          "HTTP/1.1 102 Processing\r\n\r\n".repeat(3),
          "HTTP/1.1 102 Processing\r\n\r\n".repeat(40),
          "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n");

  private final EventLoops loops = new EventLoops("test", 1, true);
  private final FakeUpstream upstream = new FakeUpstream();

  /**
   * An exchange.
   *
   * @param answer in the pieces in which it is sent
   */
  private record Odd(
      HttpMethod method, int bodyBytes, boolean isStream, List<String> answer, boolean isReset) {}

  private record Seen(String request, List<String> fields, int bodyBytes) {}

  private record Result(
      Object seen, int status, List<String> fields, String body, List<String> rest) {

    /**
     * Without the case of names, and with one word for all that breaks: what came in one go is told
     * apart from what breaks off later, and that is a matter of time.
     */
    String whateverItsForm() {
      return body.startsWith("upstream_")
          ? "broken"
          : (status + " " + fields + body + rest).toLowerCase(Locale.ROOT);
    }

    /** Of an answer that is invalid and breaks off, either may be said: ours reads strictly. */
    Result coarse() {
      return status == 0 && body.matches("upstream_(closed|invalid)")
          ? new Result(seen, status, fields, "upstream_closed or upstream_invalid", rest)
          : this;
    }
  }

  @Test
  void bothDoTheSame() {
    // Reactor Netty's client gives its connection to nobody when an endpoint never stops saying
    // 102.
    Vigilance.expect("dropped a value: .*PooledConnection");
    long seed = Long.getLong("seed", 1L);
    int exchanges = Integer.getInteger("exchanges", 1000);
    Random random = new Random(seed);
    Endpoint endpoint = new Endpoint("http", new Authority("127.0.0.1", upstream.port()));
    Telemetry silent = Telemetry.silent();
    int failures = 0;
    for (int i = 0; i < exchanges; i++) {
      Odd odd = odd(random);
      String path = "/" + i;
      upstream.on(path, exchange -> play(odd, exchange));
      Result one =
          run(
              new Http1Connector("ours", loops, POLICY, EndpointTls.none(), silent),
              endpoint,
              odd,
              path);
      Result other =
          run(new ReactorNettyConnector("theirs", loops, POLICY, silent), endpoint, odd, path);

      assertThat(one.coarse())
          .as("seed %d, exchange %d: %s", seed, i, odd)
          .isEqualTo(other.coarse());
      failures += one.status() == 0 ? 1 : 0;
    }

    assertThat(failures).isBetween(exchanges / 20, exchanges * 3 / 4);
    upstream.awaitNoConnections();
    upstream.close();
    loops.close().block(PATIENCE);
  }

  /** Up.1: what an endpoint says means the same, whether it says it in HTTP/1.1 or HTTP/2. */
  @Test
  void theClientIsAnsweredTheSameOverHttp2() {
    long seed = Long.getLong("seed", 2L);
    int exchanges = Integer.getInteger("exchanges", 300);
    Random random = new Random(seed);
    Telemetry silent = Telemetry.silent();
    Endpoint plain = new Endpoint("http", new Authority("127.0.0.1", upstream.port()));
    int broken = 0;
    try (Http2Front front = new Http2Front(upstream.port())) {
      Endpoint fronted = new Endpoint("http", new Authority("127.0.0.1", front.port()));
      for (int i = 0; i < exchanges; i++) {
        Odd odd = odd(random);
        String path = "/" + i;
        upstream.on(path, exchange -> play(odd, exchange));
        Result one =
            run(
                new Http1Connector("one", loops, POLICY, EndpointTls.none(), silent),
                plain,
                odd,
                path);
        Result other =
            run(
                new Http2Connector(loops, POLICY, Http2ConnectorTest.HTTP2, EndpointTls.none()),
                fronted,
                odd,
                path);

        if (isAboutSyntax(String.join("", odd.answer()))) {
          continue;
        }
        assertThat(other.whateverItsForm())
            .as("seed %d, exchange %d: %s", seed, i, odd)
            .isEqualTo(one.whateverItsForm());
        broken += one.whateverItsForm().equals("broken") ? 1 : 0;
      }
    }

    assertThat(broken).isBetween(exchanges / 20, exchanges * 3 / 4);
    upstream.awaitNoConnections();
    upstream.close();
    loops.close().block(PATIENCE);
  }

  /** What is wrong in HTTP/1.1 and can't be said in HTTP/2; the front is more lenient. */
  private static boolean isAboutSyntax(String answer) {
    return answer.contains(" leading: blank")
        || answer.contains("HTTP/1.0") && answer.contains("Transfer-Encoding");
  }

  private static Odd odd(Random random) {
    HttpMethod method =
        List.of(HttpMethod.GET, HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST, HttpMethod.PUT)
            .get(random.nextInt(5));
    boolean hasBody = random.nextInt(3) == 0;
    int bodyBytes = hasBody ? random.nextInt(40_000) : 0;
    String answer = answer(random, method);
    boolean isReset = random.nextInt(20) == 0;
    if (random.nextInt(6) == 0) {
      answer = answer.substring(0, random.nextInt(answer.length() + 1));
    }
    List<String> pieces = new ArrayList<>();
    for (int at = 0; at < answer.length(); ) {
      int to =
          random.nextBoolean()
              ? answer.length()
              : Math.min(answer.length(), at + 1 + random.nextInt(200));
      pieces.add(answer.substring(at, to));
      at = to;
    }
    return new Odd(method, bodyBytes, random.nextBoolean(), pieces, isReset);
  }

  private static String answer(Random random, HttpMethod method) {
    String head = HEADS.get(random.nextInt(HEADS.size()));
    String fields = FIELDS.get(random.nextInt(FIELDS.size()));
    String content = "z".repeat(random.nextInt(4) == 0 ? random.nextInt(100_000) : 5);
    boolean isBare = method.equals(HttpMethod.HEAD) || head.contains("204") || head.contains("304");
    String framed =
        switch (random.nextInt(8)) {
          case 0 -> "\r\n" + (isBare ? "" : content);
          case 1 -> "Content-Length: 0\r\n\r\n";
          case 2 -> chunked(content, isBare, "");
          case 3 -> chunked(content, isBare, "X-Trailer: t\r\n");
          case 4 -> "Content-Length: " + (content.length() + 3) + "\r\n\r\n" + content;
          case 5 -> "Content-Length: x\r\n\r\n";
          default -> "Content-Length: " + content.length() + "\r\n\r\n" + (isBare ? "" : content);
        };
    return EARLY.get(random.nextInt(EARLY.size())) + head + fields + framed;
  }

  private static String chunked(String content, boolean isBare, String trailers) {
    String head = "Transfer-Encoding: chunked\r\n\r\n";
    String size = Integer.toHexString(content.length());
    return isBare ? head : head + size + "\r\n" + content + "\r\n0\r\n" + trailers + "\r\n";
  }

  private static void play(Odd odd, Exchange exchange) throws IOException {
    exchange.body();
    for (String piece : odd.answer()) {
      exchange.send(piece.getBytes(StandardCharsets.ISO_8859_1));
    }
    exchange.last();
    if (odd.isReset()) {
      exchange.reset();
    }
  }

  /** With a connector of its own. */
  private Result run(Connector connector, Endpoint endpoint, Odd odd, String path) {
    List<String> rest = new ArrayList<>();
    Request request =
        Requests.of(odd.method(), path, Fields.create(), body(odd))
            .withInformational(early -> rest.add("early " + early.status()));
    Result result =
        Mono.defer(() -> connector.to(endpoint).handle(request))
            .subscribeOn(loops.clock())
            .flatMap(response -> read(response, rest))
            .onErrorResume(error -> Mono.just(new Result("", 0, List.of(), code(error), rest)))
            .block(PATIENCE);
    Object seen = seen(upstream.received());
    // The endpoint closes each connection: another exchange might get one that is just closing.
    Await.until("no connection is in use", () -> connector.connections().active() == 0);
    connector.close().block(PATIENCE);
    return new Result(
        odd.isReset() ? "" : seen,
        odd.isReset() ? 0 : result.status(),
        odd.isReset() ? List.of() : result.fields(),
        odd.isReset() ? "" : result.body(),
        odd.isReset() ? List.of() : result.rest());
  }

  private static Body body(Odd odd) {
    byte[] bytes = "b".repeat(odd.bodyBytes()).getBytes(StandardCharsets.US_ASCII);
    if (odd.bodyBytes() == 0) {
      return Body.empty();
    }
    return odd.isStream()
        ? Body.streaming(
            Flux.defer(() -> Flux.just(Unpooled.wrappedBuffer(bytes))),
            -1,
            () -> EmptyHttpHeaders.INSTANCE,
            () -> {})
        : Body.held(bytes);
  }

  private static Seen seen(Exchange exchange) {
    HttpHead head = exchange.head();
    try {
      return new Seen(
          head.firstLine(),
          head.fields().stream().map(String::toLowerCase).sorted().toList(),
          exchange.body().length);
    } catch (IOException e) {
      return new Seen(head.firstLine(), List.of(), -1);
    }
  }

  private static Mono<Result> read(Response response, List<String> rest) {
    StringBuilder body = new StringBuilder();
    return response
        .body()
        .content()
        .doOnNext(
            (ByteBuf bytes) -> {
              body.append(bytes.toString(StandardCharsets.ISO_8859_1));
              bytes.release();
            })
        .then(Mono.fromCallable(() -> result(response, body.toString(), rest)))
        .onErrorResume(error -> Mono.just(result(response, code(error), rest)))
        .doFinally(
            signal -> {
              response.body().discard();
              response.end(Ending.COMPLETE);
            });
  }

  private static Result result(Response response, String body, List<String> rest) {
    List<String> all = new ArrayList<>(rest);
    sorted(response.body().trailers()).forEach(field -> all.add("trailer " + field));
    return new Result("", response.status(), sorted(response.headers()), body, all);
  }

  private static List<String> sorted(HttpHeaders headers) {
    return headers.entries().stream().map(Map.Entry::toString).sorted().toList();
  }

  private static String code(Throwable error) {
    return error instanceof FailureException failure ? failure.failure().code() : error.toString();
  }
}
