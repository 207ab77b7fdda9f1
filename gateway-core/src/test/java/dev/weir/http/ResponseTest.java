package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An answer as a value, and the one moment at which it is over. */
class ResponseTest {

  private final List<String> told = new ArrayList<>();
  private final Response response = Response.of(200);

  private void listen(Response to, String name) {
    Response unused = to.onEnd(ending -> told.add(name + " " + ending.kind()));
  }

  @Test
  void tellsItsListenersInTheOrderInWhichTheyCame() {
    listen(response, "first");
    listen(response, "second");
    listen(response, "third");

    assertThat(response.end(Ending.COMPLETE)).isTrue();

    assertThat(told).containsExactly("first COMPLETE", "second COMPLETE", "third COMPLETE");
  }

  @Test
  void endsOnce() {
    listen(response, "a");

    assertThat(response.end(Ending.CLIENT_LEFT)).isTrue();
    assertThat(response.end(Ending.COMPLETE)).isFalse();
    response.discard();

    assertThat(told).containsExactly("a CLIENT_LEFT");
  }

  @Test
  void endsWithoutListeners() {
    assertThat(response.end(Ending.COMPLETE)).isTrue();
    assertThat(response.end(Ending.COMPLETE)).isFalse();
  }

  @Test
  void tellsALateListenerAtOnce() {
    assertThat(response.end(Ending.COMPLETE)).isTrue();

    listen(response, "late");

    assertThat(told).containsExactly("late COMPLETE");
  }

  @Test
  void handsOnTheCause() {
    IllegalStateException cause = new IllegalStateException();
    List<Ending> endings = new ArrayList<>();
    Response unused = response.onEnd(endings::add);

    assertThat(response.end(Ending.failed(cause))).isTrue();

    assertThat(endings).containsExactly(new Ending(Ending.Kind.FAILED, cause));
  }

  @Test
  void tellsTheOthersEvenIfOneListenerFails() {
    listen(response, "first");
    Response unused =
        response.onEnd(
            ending -> {
              throw new IllegalStateException("a listener failed");
            });
    listen(response, "third");

    assertThatThrownBy(() -> response.end(Ending.COMPLETE)).hasMessage("a listener failed");

    assertThat(told).containsExactly("first COMPLETE", "third COMPLETE");
    assertThat(response.end(Ending.COMPLETE)).isFalse();
  }

  @Test
  void tellsAListenerThatComesWhileItEnds() {
    Response unused = response.onEnd(ending -> listen(response, "inner"));
    listen(response, "outer");

    assertThat(response.end(Ending.COMPLETE)).isTrue();

    assertThat(told).containsExactlyInAnyOrder("inner COMPLETE", "outer COMPLETE");
  }

  @Test
  void isTheSameAnswerInEveryCopy() {
    AtomicInteger discards = new AtomicInteger();
    Body body = Body.streaming(Flux.never(), -1, Fields::create, discards::incrementAndGet);
    Response copy = response.withBody(body);
    listen(response, "original");
    listen(copy, "copy");

    copy.discard();

    assertThat(told).containsExactly("original DISCARDED", "copy DISCARDED");
    assertThat(discards).hasValue(1);
    assertThat(response.end(Ending.COMPLETE)).isFalse();
    assertThat(copy.headers()).isSameAs(response.headers());
    assertThat(copy.status()).isEqualTo(200);
    assertThat(copy.withBody(body)).isSameAs(copy);
  }

  @Test
  void freesBodyAndTunnelWhenItIsDiscarded() {
    AtomicInteger discards = new AtomicInteger();
    Response switching = Response.switching(Fields.create(), new CountingTunnel(discards));
    listen(switching, "a");

    switching.discard();

    assertThat(switching.status()).isEqualTo(101);
    assertThat(discards).hasValue(1);
    assertThat(told).containsExactly("a DISCARDED");
  }

  @Test
  void keepsItsEndUnderAnotherTunnel() {
    AtomicInteger first = new AtomicInteger();
    AtomicInteger second = new AtomicInteger();
    Response switching = Response.switching(Fields.create(), new CountingTunnel(first));
    listen(switching, "a");

    switching.withTunnel(new CountingTunnel(second)).discard();

    assertThat(first).hasValue(0);
    assertThat(second).hasValue(1);
    assertThat(told).containsExactly("a DISCARDED");
  }

  private record CountingTunnel(AtomicInteger discards) implements Tunnel {

    @Override
    public Mono<Void> join(Flux<ByteBuf> fromClient, Delivery toClient) {
      return Mono.empty();
    }

    @Override
    public void discard() {
      discards.incrementAndGet();
    }
  }

  @Test
  void holdsWhatItIsMadeOf() {
    HttpHeaders headers = Fields.create().set("a", "b");
    Response notFound = Response.of(404, headers, Body.empty());

    assertThat(notFound.status()).isEqualTo(404);
    assertThat(notFound.headers()).isSameAs(headers);
    assertThat(notFound.tunnel()).isNull();
    assertThat(notFound).hasToString("Response[404]");
  }

  /**
   * Several threads end it, others listen; each listener hears of one and the same ending, once.
   */
  @Test
  void endsOnceForEverybodyWhenManyEndIt() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int round = 0; round < 2_000; round++) {
        raceToEnd(threads);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void raceToEnd(ExecutorService threads) throws Exception {
    Response raced = Response.of(200);
    Queue<Ending> heard = new ConcurrentLinkedQueue<>();
    Response unused = raced.onEnd(heard::add);
    CyclicBarrier start = new CyclicBarrier(4);
    Ending first = Ending.failed(new IllegalStateException("first"));
    Ending second = Ending.failed(new IllegalStateException("second"));

    List<Future<Boolean>> wins = new ArrayList<>();
    for (Ending ending : List.of(first, second)) {
      wins.add(threads.submit(() -> await(start) && raced.end(ending)));
      wins.add(threads.submit(() -> await(start) && raced.onEnd(heard::add) == null));
    }

    int winners = 0;
    for (Future<Boolean> win : wins) {
      winners += win.get() ? 1 : 0;
    }
    assertThat(winners).isEqualTo(1);
    assertThat(heard).hasSize(3);
    assertThat(heard.stream().distinct()).hasSize(1);
  }

  private static boolean await(CyclicBarrier start) throws Exception {
    start.await();
    return true;
  }
}
