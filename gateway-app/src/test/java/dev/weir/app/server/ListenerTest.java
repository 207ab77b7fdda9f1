package dev.weir.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Body;
import dev.weir.http.Ending;
import dev.weir.http.Failure;
import dev.weir.http.Fields;
import dev.weir.http.Handler;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.http.Target.Ambiguous;
import dev.weir.http.TrustedProxies;
import dev.weir.loop.EventLoops;
import dev.weir.telemetry.Telemetry;
import dev.weir.testing.Await;
import dev.weir.testing.RawClient;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What a listener makes of handlers that no configuration has. */
final class ListenerTest {

  private static final ListenerPolicy POLICY =
      new ListenerPolicy(
          1024,
          4096,
          20,
          8,
          8,
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          240,
          Ambiguous.REFUSE);

  private final EventLoops loops = new EventLoops("test-listener", 1, true);
  private final Queue<Ending> endings = new ConcurrentLinkedQueue<>();
  private final AtomicInteger given = new AtomicInteger();
  private Listener listener;

  @AfterEach
  void close() {
    Await.until("no request is left", () -> listener.connections().inExchange() == 0);
    listener.close().block(Duration.ofSeconds(20));
    loops.close().block(Duration.ofSeconds(20));
  }

  private RawClient client(Handler handler) {
    listener =
        Listener.open(
            new InetSocketAddress("127.0.0.1", 0),
            POLICY,
            null,
            new TrustedProxies(List.of()),
            AcceptLimit.none(),
            loops,
            Telemetry.silent(),
            handler);
    return new RawClient(listener.address().getPort());
  }

  private static ByteBuf buffer(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return PooledByteBufAllocator.DEFAULT.buffer(bytes.length).writeBytes(bytes);
  }

  /** Says that it has so many bytes, and has these. */
  private Handler saying(long length, String... pieces) {
    return request ->
        Mono.fromSupplier(
            () ->
                Response.of(
                        200,
                        Fields.create(),
                        Body.streaming(
                            Flux.fromArray(pieces)
                                .doOnNext(piece -> given.incrementAndGet())
                                .map(ListenerTest::buffer),
                            length,
                            () -> EmptyHttpHeaders.INSTANCE,
                            () -> {}))
                    .onEnd(endings::add));
  }

  private void assertEndedBy(Failure failure) {
    Await.until("the response is over", () -> !endings.isEmpty());
    assertThat(endings).hasSize(1);
    assertThat(endings.peek().kind()).isEqualTo(Ending.Kind.FAILED);
    assertThat(Failure.of(endings.peek().cause())).isEqualTo(failure);
  }

  @Test
  void sendsNoMoreThanItAnnouncedX6() {
    try (RawClient client = client(saying(3, "ab", "cdef", "ghi"))) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");

      assertThat(client.head().get("content-length")).isEqualTo("3");
      assertThat(client.some(100)).asString().as("and then it ends").isEqualTo("ab");
      assertEndedBy(Failure.UPSTREAM_INVALID);
    }
  }

  @Test
  void closesWhereItSendsLessThanItAnnouncedX6() {
    try (RawClient client = client(saying(10, "abc"))) {
      client.get("/");

      assertThat(client.head().get("content-length")).isEqualTo("10");
      assertThat(client.some(100)).asString().isEqualTo("abc");
      assertEndedBy(Failure.UPSTREAM_CLOSED);
    }
  }

  @Test
  void sendsWhatItAnnounced() {
    try (RawClient client = client(saying(6, "ab", "cd", "ef"))) {
      assertThat(client.get("/").answer().text()).isEqualTo("abcdef");
      assertThat(client.get("/").answer().text()).isEqualTo("abcdef");
      Await.until("both are over", () -> endings.size() == 2);
      assertThat(endings).allMatch(ending -> ending.kind() == Ending.Kind.COMPLETE);
    }
  }

  @Test
  void readsNoBodyForAnAnswerToHead() {
    try (RawClient client = client(saying(6, "abcdef"))) {
      assertThat(client.request("HEAD", "/", "", "").answerToHead().status()).isEqualTo(200);
      Await.until("it is over", () -> endings.size() == 1);
      assertThat(given).hasValue(0);
    }
  }

  /** Answers with the path, and a body that was sent. */
  private static Mono<Response> echo(Request request) {
    ByteBuf held = request.body().held();
    String body = held == null ? "streams" : held.toString(StandardCharsets.US_ASCII);
    byte[] text = (request.target().path() + " " + body).getBytes(StandardCharsets.US_ASCII);
    return Mono.just(Response.of(200, Fields.create(), Body.held(text)));
  }

  @Test
  void answersRequestsThatComeTogetherOneAfterTheOther() {
    RawClient client = client(ListenerTest::echo);
    StringBuilder together = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      together.append("GET /").append(i).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
      together
          .append("POST /")
          .append(i)
          .append(" HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n");
      together.append("ok");
    }
    client.send(together.toString());
    for (int i = 0; i < 1000; i++) {
      assertThat(client.answer().text()).isEqualTo("/" + i + " ");
      assertThat(client.answer().text()).startsWith("/" + i + " ");
    }
  }

  @Test
  void takesUpARequestOnlyWhenTheAnswerBeforeItHasGone() {
    Sinks.One<Response> first = Sinks.one();
    AtomicInteger taken = new AtomicInteger();
    RawClient client =
        client(
            request -> {
              taken.incrementAndGet();
              return request.target().path().equals("/first") ? first.asMono() : echo(request);
            });
    client.send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n");
    client.send("GET /second HTTP/1.1\r\nHost: a\r\n\r\nGET /third HTTP/1.1\r\nHo");
    Await.until("the first is being answered", () -> taken.get() == 1);
    client.send("st: a\r\n\r\n");
    assertThat(taken).hasValue(1);

    first.tryEmitValue(Response.of(204)).orThrow();
    assertThat(client.answer().status()).isEqualTo(204);
    assertThat(client.answer().text()).isEqualTo("/second ");
    assertThat(client.answer().text()).isEqualTo("/third ");
  }

  @Test
  void holdsABodyThatCameWithItsHeadAndStreamsAnyOther() {
    RawClient client = client(ListenerTest::echo);
    client.send("POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
    assertThat(client.answer().text()).isEqualTo("/held body");
    client.send(
        "POST /chunks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
    assertThat(client.answer().text()).isEqualTo("/chunks abc");
    client.send("POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
    assertThat(client.answer().text()).isEqualTo("/later streams");
  }
}
