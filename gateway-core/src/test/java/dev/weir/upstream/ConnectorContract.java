package dev.weir.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.http.Authority;
import dev.weir.http.Body;
import dev.weir.http.Deadline;
import dev.weir.http.Ending;
import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Fields;
import dev.weir.http.Handler;
import dev.weir.http.Informational;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.loop.EventLoops;
import dev.weir.telemetry.Telemetry;
import dev.weir.testing.Await;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.FakeUpstream.Exchange;
import dev.weir.testing.FakeUpstream.Script;
import dev.weir.testing.Requests;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What every connector must do, over real sockets, against an upstream that may do anything. */
abstract class ConnectorContract {

  static final Duration PATIENCE = Duration.ofSeconds(30);

  final EventLoops loops = new EventLoops("test", 2, true);
  final FakeUpstream upstream = new FakeUpstream();
  final ConnectionPolicy policy =
      new ConnectionPolicy(
          Duration.ofSeconds(2), 16, Duration.ofSeconds(30), 8_192, Duration.ofHours(1), 0);
  final Connector connector = connector(loops, policy);
  final Endpoint endpoint = endpoint(port());

  abstract Connector connector(EventLoops loops, ConnectionPolicy policy);

  /** Where the connector is to go: to the upstream, or to what stands before it. */
  int port() {
    return upstream.port();
  }

  /** How many the connector has opened. */
  int connectionsOpened() {
    return upstream.connections();
  }

  @AfterEach
  void leavesNothingBehind() {
    Await.until("no connection is in use", () -> connector.connections().active() == 0);
    connector.close().block(PATIENCE);
    upstream.awaitNoConnections();
    upstream.close();
    Await.until("no timer is set", () -> loops.clock().pendingTimers() == 0);
    loops.close().block(PATIENCE);
  }

  Handler handler() {
    return connector.to(endpoint);
  }

  static Endpoint endpoint(int port) {
    return new Endpoint("http", new Authority("127.0.0.1", port));
  }

  /** On an event loop, as all requests are. */
  Mono<Response> send(Request request) {
    Handler handler = handler();
    return Mono.defer(() -> handler.handle(request)).subscribeOn(loops.clock());
  }

  record Answer(int status, HttpHeaders headers, String text, HttpHeaders trailers) {}

  Answer ask(Request request) {
    return send(request).flatMap(ConnectorContract::readWhole).block(PATIENCE);
  }

  static Mono<Answer> readWhole(Response response) {
    return response
        .body()
        .content()
        .map(ConnectorContract::text)
        .collectList()
        .map(
            pieces ->
                new Answer(
                    response.status(),
                    response.headers(),
                    String.join("", pieces),
                    response.body().trailers()))
        .doFinally(
            signal -> {
              response.body().discard();
              response.end(Ending.COMPLETE);
            });
  }

  static String text(ByteBuf buffer) {
    String text = buffer.toString(StandardCharsets.ISO_8859_1);
    buffer.release();
    return text;
  }

  Failure failureOf(Request request) {
    try {
      Answer answer = ask(request);
      throw new AssertionError("answered " + answer);
    } catch (FailureException failure) {
      return failure.failure();
    }
  }

  static Script raw(String bytes) {
    return exchange -> {
      exchange.body();
      exchange.send(bytes);
    };
  }

  static Script rawAndClose(String bytes) {
    return exchange -> {
      exchange.body();
      exchange.send(bytes);
      exchange.close();
    };
  }

  static Body streaming(Flux<ByteBuf> content, long length) {
    return Body.streaming(content, length, () -> EmptyHttpHeaders.INSTANCE, () -> {});
  }

  static Flux<ByteBuf> pieces(String... texts) {
    return Flux.fromArray(texts)
        .map(text -> Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
  }

  static Request post(Body body) {
    return Requests.of(HttpMethod.POST, "/post", Fields.create(), body);
  }

  // What is sent

  @Test
  void sendsTheRequestAsItIsAndAddsNothingOfItsOwn() {
    HttpHeaders fields = Fields.create();
    fields.add("host", "api.example.com").add("x-one", "1").add("x-two", "a").add("x-two", "b");

    ask(Requests.of(HttpMethod.GET, "/a/b%20c?d=e&f", fields, Body.empty()));

    Exchange exchange = upstream.received();
    assertThat(exchange.head().firstLine()).isEqualTo("GET /a/b%20c?d=e&f HTTP/1.1");
    assertThat(exchange.head().fields())
        .containsExactlyInAnyOrder("host: api.example.com", "x-one: 1", "x-two: a", "x-two: b");
  }

  @Test
  void namesTheEndpointWhereTheRequestNamesNoHost() {
    ask(Requests.get("/"));

    assertThat(upstream.received().head().get("host")).isEqualTo("127.0.0.1:" + port());
  }

  @Test
  void tellsWhatIsLeftOfTheDeadline() {
    ask(Requests.get("/").withDeadline(Deadline.after(loops.clock(), 5_000_000_000L)));

    String left = upstream.received().head().get("x-request-timeout");
    assertThat(left).endsWith("ms");
    assertThat(Integer.parseInt(left.replace("ms", ""))).isBetween(1, 5_000);
  }

  @Test
  void sendsAHeldBodyWithItsLength() throws IOException {
    Body body = Body.held("hello".getBytes(StandardCharsets.US_ASCII));

    ask(post(body));
    body.discard();

    Exchange exchange = upstream.received();
    assertThat(exchange.head().get("content-length")).isEqualTo("5");
    assertThat(exchange.text()).isEqualTo("hello");
  }

  @Test
  void sendsAStreamOfKnownLength() throws IOException {
    ask(post(streaming(pieces("hel", "lo"), 5)));

    Exchange exchange = upstream.received();
    assertThat(exchange.head().get("content-length")).isEqualTo("5");
    assertThat(exchange.head().get("transfer-encoding")).isNull();
    assertThat(exchange.text()).isEqualTo("hello");
  }

  @Test
  void sendsAStreamOfUnknownLengthInChunks() throws IOException {
    ask(post(streaming(pieces("hel", "lo"), -1)));

    Exchange exchange = upstream.received();
    assertThat(exchange.head().get("transfer-encoding")).isEqualTo("chunked");
    assertThat(exchange.head().get("content-length")).isNull();
    assertThat(exchange.text()).isEqualTo("hello");
  }

  @Test
  void saysOfAPostWithoutABodyThatItHasNone() {
    ask(post(Body.empty()));
    ask(Requests.get("/"));

    assertThat(upstream.received().head().get("content-length")).isEqualTo("0");
    assertThat(upstream.received().head().get("content-length")).isNull();
  }

  @Test
  void sendsTheBodyOfAnyMethod() throws IOException {
    for (String method : List.of("GET", "DELETE", "OPTIONS", "PATCH", "PURGE")) {
      ask(
          Requests.of(
              HttpMethod.valueOf(method), "/", Fields.create(), streaming(pieces("body"), -1)));

      Exchange exchange = upstream.received();
      assertThat(exchange.method()).isEqualTo(method);
      assertThat(exchange.text()).isEqualTo("body");
    }
  }

  @Test
  void sendsALargeBodyAsFastAsItIsTakenAndNoFaster() throws Exception {
    CountDownLatch mayRead = new CountDownLatch(1);
    upstream.on(
        "/post",
        exchange -> {
          mayRead.await();
          exchange.reply(200, "ok");
        });
    AtomicLong produced = new AtomicLong();
    int size = 64 << 20;
    Flux<ByteBuf> content =
        Flux.range(0, size / 8192)
            .map(
                i -> {
                  produced.addAndGet(8192);
                  return Unpooled.wrappedBuffer(new byte[8192]);
                });

    Mono<Answer> answer =
        send(post(streaming(content, size))).flatMap(ConnectorContract::readWhole).cache();
    Disposable subscription = answer.subscribe();
    awaitStandstill(produced);
    assertThat(produced.get()).isLessThan(24 << 20);
    mayRead.countDown();

    assertThat(answer.block(PATIENCE).text()).isEqualTo("ok");
    assertThat(produced.get()).isEqualTo(size);
    subscription.dispose();
  }

  /** Until it has not changed for a while. */
  private static void awaitStandstill(AtomicLong counter) throws InterruptedException {
    long before = -1;
    while (before != counter.get()) {
      before = counter.get();
      TimeUnit.MILLISECONDS.sleep(300);
    }
  }

  // What comes back

  @Test
  void givesStatusFieldsAndBody() {
    upstream.on(
        "/", raw("HTTP/1.1 418 Teapot\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 5\r\n\r\nhello"));

    Answer answer = ask(Requests.get("/"));

    assertThat(answer.status()).isEqualTo(418);
    assertThat(answer.headers().getAll("x-a")).containsExactly("1", "2");
    assertThat(answer.text()).isEqualTo("hello");
  }

  @Test
  void readsChunksAndTheirTrailers() {
    upstream.on(
        "/",
        raw(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                + "3\r\nhel\r\n2;a=b\r\nlo\r\n0\r\nX-Sum: 42\r\n\r\n"));

    Answer answer = ask(Requests.get("/"));

    assertThat(answer.text()).isEqualTo("hello");
    assertThat(answer.headers().contains("transfer-encoding")).isFalse();
    assertThat(answer.trailers().get("x-sum")).isEqualTo("42");
  }

  @Test
  void readsABodyThatEndsWithTheConnection() {
    upstream.on("/", rawAndClose("HTTP/1.1 200 OK\r\n\r\nhello"));

    assertThat(ask(Requests.get("/")).text()).isEqualTo("hello");
  }

  @Test
  void takesAnAnswerWithoutABodyForWhatItIs() {
    upstream.on("/head", raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
    upstream.on("/204", raw("HTTP/1.1 204 No Content\r\n\r\n"));
    upstream.on("/304", raw("HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n"));
    upstream.on("/0", raw("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    HttpHeaders none = Fields.create();

    Answer toHead = ask(Requests.of(HttpMethod.HEAD, "/head", none, Body.empty()));
    assertThat(toHead.headers().get("content-length")).isEqualTo("1000");
    assertThat(toHead.text()).isEmpty();
    assertThat(ask(Requests.get("/204")).status()).isEqualTo(204);
    assertThat(ask(Requests.get("/304")).status()).isEqualTo(304);
    assertThat(ask(Requests.get("/0")).text()).isEmpty();
    assertThat(connectionsOpened()).isLessThanOrEqualTo(2);
  }

  @Test
  void takesOffWhatBelongsToOneConnection() {
    upstream.on(
        "/",
        raw(
            "HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: timeout=5\r\n"
                + "X-Hop: 1\r\nX-End: 2\r\nContent-Length: 0\r\n\r\n"));

    Answer answer = ask(Requests.get("/"));

    assertThat(answer.headers().names())
        .map(name -> name.toLowerCase(Locale.ROOT))
        .containsExactlyInAnyOrder("x-end", "content-length");
  }

  @Test
  void readsAsFastAsItsReaderTakesAndNoFaster() throws Exception {
    AtomicLong written = new AtomicLong();
    int size = 64 << 20;
    upstream.on(
        "/large",
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
          byte[] piece = new byte[65_536];
          while (written.get() < size) {
            exchange.send(piece);
            written.addAndGet(piece.length);
          }
        });

    Response response = send(Requests.get("/large")).block(PATIENCE);
    SlowReader reader = new SlowReader();
    response.body().content().subscribeOn(loops.clock()).subscribe(reader);
    Await.until("the first bytes have come", () -> reader.read.get() > 0);
    awaitStandstill(written);
    assertThat(written.get()).isLessThan(24 << 20);
    reader.request(Long.MAX_VALUE);

    Await.until("all has come", () -> reader.read.get() == size);
  }

  private static final class SlowReader extends BaseSubscriber<ByteBuf> {
    final AtomicLong read = new AtomicLong();

    @Override
    protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
      request(1);
    }

    @Override
    protected void hookOnNext(ByteBuf buffer) {
      read.addAndGet(buffer.readableBytes());
      buffer.release();
    }
  }

  @Test
  void givesAnAnswerThatComesBeforeTheRequestIsComplete() {
    upstream.on(
        "/post",
        exchange -> {
          exchange.some(1);
          exchange.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
          exchange.hang();
        });
    Flux<ByteBuf> endless = pieces("x").concatWith(Flux.never());

    Answer answer = ask(post(streaming(endless, 1 << 30)));

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.text()).isEqualTo("no");
  }

  @Test
  void staysOnTheLoopItBeganOn() {
    upstream.on(
        "/", raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"));
    Handler handler = handler();
    for (int i = 0; i < 20; i++) {
      Queue<String> threads = new ConcurrentLinkedQueue<>();
      Mono.defer(
              () -> {
                threads.add(Thread.currentThread().getName());
                return handler.handle(Requests.get("/"));
              })
          .doOnNext(response -> threads.add(Thread.currentThread().getName()))
          .flatMap(ConnectorContract::readWhole)
          .doOnNext(answer -> threads.add(Thread.currentThread().getName()))
          .subscribeOn(loops.clock())
          .block(PATIENCE);

      assertThat(Map.of("threads", List.copyOf(threads)).get("threads").stream().distinct())
          .hasSize(1);
    }
  }

  // One answer is never taken for another

  /** X1: an informational answer before the final one. */
  @Test
  void waitsForTheFinalAnswer() {
    for (int status : new int[] {100, 102, 103, 199}) {
      upstream.on(
          "/early",
          raw(
              "HTTP/1.1 "
                  + status
                  + " Early\r\nLink: </a>\r\n\r\n"
                  + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly"));

      assertThat(ask(Requests.get("/early")).text()).isEqualTo("early");
      assertThat(ask(Requests.get("/")).text()).isEqualTo("ok");
    }
  }

  @Test
  void waitsForTheFinalAnswerThatComesLater() {
    upstream.on(
        "/early",
        exchange -> {
          exchange.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
          exchange.pause(100);
          exchange.reply(200, "late");
        });

    assertThat(ask(Requests.get("/early")).text()).isEqualTo("late");
    assertThat(ask(Requests.get("/")).text()).isEqualTo("ok");
  }

  @Test
  void passesOnInformationalAnswers() {
    upstream.on(
        "/early",
        raw(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    List<Informational> passed = new ArrayList<>();

    ask(Requests.get("/early").withInformational(passed::add));

    assertThat(passed).hasSize(1);
    assertThat(passed.get(0).status()).isEqualTo(103);
    assertThat(passed.get(0).headers().get("link")).isEqualTo("</a>");
  }

  @Test
  void givesUpOnEndlessInformationalAnswers() {
    upstream.on("/early", raw("HTTP/1.1 102 Processing\r\n\r\n".repeat(1000)));

    assertThat(failureOf(Requests.get("/early"))).isEqualTo(Failure.UPSTREAM_INVALID);
  }

  @Test
  void refusesAProtocolThatWasNotAskedFor() {
    upstream.on(
        "/101",
        exchange -> {
          exchange.send("HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nbytes");
          exchange.hang();
        });

    assertThat(failureOf(Requests.get("/101"))).isEqualTo(Failure.UPSTREAM_INVALID);
  }

  /** X2: bytes behind a complete answer are for nobody. */
  @TestFactory
  Stream<DynamicTest> doesNotUseAConnectionAgainThatSaysMoreThanItWasAsked() {
    String poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";
    return Stream.of(
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 304 Not Modified\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
        .map(
            first ->
                DynamicTest.dynamicTest(
                    first.replace("\r\n", "|"),
                    () -> {
                      upstream.on("/first", raw(first + poison));
                      for (int i = 0; i < 5; i++) {
                        assertThat(ask(Requests.get("/first")).text()).isNotEqualTo("poison");
                        assertThat(ask(Requests.get("/")).text()).isEqualTo("ok");
                      }
                    }));
  }

  @Test
  void closesAConnectionThatSpeaksUnasked() {
    upstream.on(
        "/later",
        exchange -> {
          exchange.reply(200, "first");
          exchange.pause(100);
          exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
          exchange.hang();
        });

    assertThat(ask(Requests.get("/later")).text()).isEqualTo("first");
    upstream.awaitNoConnections();
    assertThat(ask(Requests.get("/")).text()).isEqualTo("ok");
  }

  // Connections

  @Test
  void usesAConnectionAgain() {
    Handler handler = handler();
    loops.all().get(0).submit(() -> {}).awaitUninterruptibly();
    for (int i = 0; i < 10; i++) {
      ask(Requests.get("/"));
    }

    assertThat(connectionsOpened()).isLessThanOrEqualTo(loops.all().size());
  }

  @Test
  void doesNotUseAConnectionAgainThatWillBeClosed() {
    upstream.on("/", raw("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"));
    for (int i = 0; i < 3; i++) {
      ask(Requests.get("/"));
    }

    assertThat(upstream.connections()).isEqualTo(3);
  }

  @Test
  void closesTheConnectionOfARequestThatIsLeft() {
    upstream.on("/hang", Exchange::hang);
    Disposable request = send(Requests.get("/hang")).subscribe();
    upstream.received();

    request.dispose();

    upstream.awaitNoConnections();
  }

  @Test
  void closesTheConnectionOfABodyThatIsDiscarded() {
    upstream.on("/endless", ConnectorContract::endless);

    Response response = send(Requests.get("/endless")).block(PATIENCE);
    response.discard();

    upstream.awaitNoConnections();
  }

  @Test
  void closesTheConnectionOfABodyThatIsLeft() {
    upstream.on("/endless", ConnectorContract::endless);

    Response response = send(Requests.get("/endless")).block(PATIENCE);
    SlowReader reader = new SlowReader();
    response.body().content().subscribeOn(loops.clock()).subscribe(reader);
    Await.until("the first bytes have come", () -> reader.read.get() > 0);
    reader.cancel();

    upstream.awaitNoConnections();
  }

  private static void endless(Exchange exchange) throws IOException {
    exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (true) {
      exchange.send("4\r\nmore\r\n");
    }
  }

  @Test
  void passesOnWhatIsWrongWithTheRequestsOwnBody() {
    upstream.on("/post", Exchange::hang);
    Flux<ByteBuf> content =
        pieces("begun").concatWith(Flux.error(Failure.BODY_TOO_LARGE.exception("too much")));

    assertThat(failureOf(post(streaming(content, -1)))).isEqualTo(Failure.BODY_TOO_LARGE);
    upstream.awaitNoConnections();
  }

  // What goes wrong

  @Test
  void saysThatNobodyListens() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Handler handler = connector.to(endpoint(port));

    assertThatThrownBy(
            () ->
                Mono.defer(() -> handler.handle(Requests.get("/")))
                    .subscribeOn(loops.clock())
                    .block(PATIENCE))
        .isInstanceOfSatisfying(
            FailureException.class,
            failure -> assertThat(failure.failure()).isEqualTo(Failure.CONNECT_FAILED));
  }

  @Test
  void saysThatNoConnectionWasMadeInTime() throws IOException {
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<Socket> waiting = fillBacklog(full);
      Handler handler = connector.to(endpoint(full.getLocalPort()));

      assertThatThrownBy(
              () ->
                  Mono.defer(() -> handler.handle(Requests.get("/")))
                      .subscribeOn(loops.clock())
                      .block(PATIENCE))
          .isInstanceOfSatisfying(
              FailureException.class,
              failure -> assertThat(failure.failure()).isEqualTo(Failure.CONNECT_TIMEOUT));
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  /** Until the operating system takes no more connections for a server that accepts none. */
  private static List<Socket> fillBacklog(ServerSocket server) throws IOException {
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      Socket socket = new Socket();
      sockets.add(socket);
      try {
        socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), 300);
      } catch (IOException full) {
        return sockets;
      }
    }
    return sockets;
  }

  @TestFactory
  Stream<DynamicTest> saysThatTheConnectionEndedBeforeTheAnswer() {
    return Stream.of(
        DynamicTest.dynamicTest("at once", () -> endsBeforeTheAnswer(Exchange::close)),
        DynamicTest.dynamicTest("by a reset", () -> endsBeforeTheAnswer(Exchange::reset)),
        DynamicTest.dynamicTest(
            "inside the head", () -> endsBeforeTheAnswer(rawAndClose("HTTP/1.1 200 OK\r\nX-"))));
  }

  private void endsBeforeTheAnswer(Script script) {
    upstream.on("/", script);

    assertThat(failureOf(Requests.get("/"))).isEqualTo(Failure.UPSTREAM_CLOSED);

    // Not one request more than was asked for: nothing is repeated behind our back.
    upstream.received();
    assertThat(upstream.pending()).isZero();
  }

  @TestFactory
  Stream<DynamicTest> saysThatABodyBrokeOff() {
    return Stream.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello")
        .map(
            bytes ->
                DynamicTest.dynamicTest(
                    bytes.replace("\r\n", "|"),
                    () -> {
                      upstream.on("/", rawAndClose(bytes));

                      assertThat(failureOf(Requests.get("/"))).isEqualTo(Failure.UPSTREAM_CLOSED);
                    }));
  }

  @TestFactory
  Stream<DynamicTest> refusesAnAnswerThatBreaksTheRules() {
    return Stream.of(
            "garbage\r\n\r\n",
            "HTTP/1.1 abc OK\r\n\r\n",
            "HTTP/1.1 99 Low\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 600 High\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 1000 High\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: " + "y".repeat(20_000) + "\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n")
        .map(
            bytes ->
                DynamicTest.dynamicTest(
                    bytes.substring(0, Math.min(60, bytes.length())).replace("\r\n", "|"),
                    () -> {
                      upstream.on("/bad", raw(bytes));

                      assertThat(failureOf(Requests.get("/bad")))
                          .isEqualTo(Failure.UPSTREAM_INVALID);
                      assertThat(ask(Requests.get("/")).text()).isEqualTo("ok");
                    }));
  }

  @Test
  void survivesAStormOfRequestsThatAreLeft() throws InterruptedException {
    upstream.on(
        "/drip",
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          for (int i = 0; i < 5; i++) {
            exchange.send("4\r\ndrip\r\n");
            exchange.pause(1);
          }
          exchange.send("0\r\n\r\n");
        });
    Handler handler = handler();
    for (int wave = 0; wave < 40; wave++) {
      CountDownLatch ended = new CountDownLatch(12);
      for (int i = 0; i < 12; i++) {
        Disposable request =
            Mono.defer(() -> handler.handle(Requests.get("/drip")))
                .flatMap(ConnectorContract::readWhole)
                .doFinally(signal -> ended.countDown())
                .subscribeOn(loops.clock())
                .subscribe(answer -> {}, error -> {});
        loops.all().get(i % 2).schedule(request::dispose, wave * 150L, TimeUnit.MICROSECONDS);
      }
      assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
      Await.until("no connection is in use", () -> connector.connections().active() == 0);
    }

    assertThat(ask(Requests.get("/")).text()).isEqualTo("ok");
  }

  static Telemetry silent() {
    return Telemetry.silent();
  }
}
