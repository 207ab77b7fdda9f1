package dev.weir.websocket;

import static dev.weir.testing.Frames.CLOSE;
import static dev.weir.testing.Frames.FIN;
import static dev.weir.testing.Frames.client;
import static dev.weir.testing.Frames.clientText;
import static dev.weir.testing.Frames.closing;
import static dev.weir.testing.Frames.server;
import static dev.weir.testing.Frames.serverText;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Failure;
import dev.weir.http.Progress;
import dev.weir.http.Tunnel;
import dev.weir.telemetry.Telemetry;
import dev.weir.testing.Frames;
import dev.weir.testing.TestClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;

/** How both sides of a WebSocket come to their end, and within which time. */
final class OpenWebSocketTest {

  private static final Duration IDLE = Duration.ofMinutes(5);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final TestClock clock = new TestClock();
  private final OpenWebSockets all = new OpenWebSockets(bound -> bound - 1);
  private final Sinks.Many<ByteBuf> fromClient = Sinks.many().unicast().onBackpressureBuffer();
  private final Sinks.Many<ByteBuf> fromUpstream = Sinks.many().unicast().onBackpressureBuffer();
  private final Receiver client = new Receiver();
  private final Receiver upstream = new Receiver();
  private final Progress progress = new Progress(0);
  private boolean hasEnded;
  private Failure why;

  /** What a side has got, and how much of it it takes. */
  private static final class Receiver {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean isReading = true;

    Mono<Void> take(Flux<ByteBuf> source) {
      return Mono.create(sink -> source.subscribe(new Taking(sink)));
    }

    byte[] taken() {
      return bytes.toByteArray();
    }

    /** Of the last frame. */
    int closeCode() {
      ByteArrayInputStream in = new ByteArrayInputStream(taken());
      Frames.Frame frame = null;
      while (in.available() > 0) {
        frame = Frames.read(count -> read(in, count));
      }
      assertThat(frame).isNotNull();
      assertThat(frame.first()).isEqualTo(FIN | CLOSE);
      return frame.closeCode();
    }

    private static byte[] read(ByteArrayInputStream in, int count) {
      byte[] some = new byte[count];
      return Arrays.copyOf(some, in.readNBytes(some, 0, count));
    }

    private final class Taking extends BaseSubscriber<ByteBuf> {

      private final MonoSink<Void> sink;

      Taking(MonoSink<Void> sink) {
        this.sink = sink;
        sink.onDispose(this);
      }

      @Override
      protected void hookOnSubscribe(Subscription subscription) {
        if (isReading) {
          requestUnbounded();
        }
      }

      @Override
      protected void hookOnNext(ByteBuf piece) {
        bytes.writeBytes(ByteBufUtil.getBytes(piece));
        piece.release();
      }

      @Override
      protected void hookOnComplete() {
        sink.success();
      }

      @Override
      protected void hookOnError(Throwable error) {
        sink.error(error);
      }
    }
  }

  private Disposable open() {
    FrameLimits limits = new FrameLimits(1000, 1000, 10, 0, 0);
    WebSocketPolicy policy =
        new WebSocketPolicy(
            limits, limits, 10, IDLE, CLOSE_TIMEOUT, new OriginRule(true, false, Set.of()), true);
    RouteWebSockets route =
        new RouteWebSockets("all", policy, all, clock, Telemetry.silent(), first -> {});
    return route
        .judged(new Far(), false, progress)
        .join(fromClient.asFlux(), client::take)
        .doFinally(signal -> hasEnded = true)
        .subscribe(ended -> {}, error -> why = Failure.of(error));
  }

  /** Like the tunnel of a connector, with both connections in reach of the test. */
  private final class Far implements Tunnel {

    @Override
    public Mono<Void> join(Flux<ByteBuf> toUpstream, Delivery toClient) {
      return Mono.firstWithSignal(
          toClient.deliver(fromUpstream.asFlux()), upstream.take(toUpstream));
    }

    @Override
    public void discard() {}
  }

  private static void emit(Sinks.Many<ByteBuf> side, byte[] bytes) {
    side.tryEmitNext(Unpooled.copiedBuffer(bytes)).orThrow();
  }

  private void assertNothingIsLeft() {
    assertThat(hasEnded).isTrue();
    assertThat(all.open()).isZero();
    assertThat(clock.pendingTimers()).isZero();
  }

  @Test
  void closesWhatIsIdle() {
    Disposable unused = open();
    clock.advance(IDLE.minusSeconds(1));
    emit(fromClient, clientText("here"));
    clock.advance(IDLE.minusSeconds(1));
    assertThat(client.taken()).isEmpty();

    clock.advance(Duration.ofSeconds(1));

    assertThat(client.closeCode()).isEqualTo(1001);
    assertThat(upstream.taken()).isEqualTo(clientText("here"));
    emit(fromClient, client(FIN | CLOSE, closing(1001, "")));
    assertThat(upstream.closeCode()).isEqualTo(1001);
    fromUpstream.tryEmitComplete().orThrow();
    assertThat(why).isEqualTo(Failure.WEBSOCKET_IDLE);
    assertNothingIsLeft();
  }

  @Test
  void tellsTheUpstreamItselfWhenTheClientDoesNotAnswer() {
    Disposable unused = open();
    clock.advance(IDLE);

    clock.advance(CLOSE_TIMEOUT.minusMillis(1));
    assertThat(upstream.taken()).isEmpty();
    clock.advance(Duration.ofMillis(1));

    assertThat(upstream.closeCode()).isEqualTo(1001);
    assertNothingIsLeft();
  }

  /** Neither side takes a byte: nothing can be said, and nothing is waited for in vain. */
  @Test
  void cutsSidesThatDoNotRead() {
    client.isReading = false;
    upstream.isReading = false;
    Disposable unused = open();
    emit(fromUpstream, serverText("unread"));

    clock.advance(IDLE);
    clock.advance(CLOSE_TIMEOUT);
    assertThat(hasEnded).isFalse();
    clock.advance(CLOSE_TIMEOUT);

    assertThat(why).isEqualTo(Failure.WEBSOCKET_IDLE);
    assertNothingIsLeft();
  }

  @Test
  void tellsThatTheGatewayGoesAwayWithinTheSpread() {
    Disposable unused = open();
    all.goAway(1012, Duration.ofSeconds(10));
    clock.advance(Duration.ofSeconds(9));
    assertThat(client.taken()).isEmpty();

    clock.advance(Duration.ofSeconds(1));

    assertThat(client.closeCode()).isEqualTo(1012);
    clock.advance(CLOSE_TIMEOUT);
    assertThat(why).isEqualTo(Failure.GATEWAY_STOPPING);
    assertNothingIsLeft();
  }

  @Test
  void tellsThoseThatAreOpenedLater() {
    all.goAway(1001, Duration.ofSeconds(10));
    Disposable unused = open();

    clock.advance(Duration.ofSeconds(10));

    assertThat(client.closeCode()).isEqualTo(1001);
    clock.advance(CLOSE_TIMEOUT);
    assertNothingIsLeft();
  }

  /** A frame of ours has no place in the middle of another. */
  @Test
  void doesNotCutTheFrameThatIsUnderWay() {
    byte[] frame = serverText("a longer text");
    Disposable unused = open();
    emit(fromUpstream, Arrays.copyOf(frame, 5));

    emit(fromClient, client(FIN | 3, new byte[0]));
    assertThat(upstream.closeCode()).isEqualTo(1002);
    emit(fromUpstream, Arrays.copyOfRange(frame, 5, frame.length));
    emit(fromUpstream, server(FIN | CLOSE, closing(1002, "")));

    assertThat(client.taken()).startsWith(frame);
    assertThat(client.closeCode()).isEqualTo(1002);
    assertThat(why).isEqualTo(Failure.FRAME_INVALID);
    assertThat(progress.closeCode()).isEqualTo(1002);
    assertNothingIsLeft();
  }

  @Test
  void endsBothWhenBothBreakRules() {
    Disposable unused = open();

    emit(fromClient, client(FIN | 3, new byte[0]));
    emit(fromUpstream, client(FIN | 3, new byte[0]));

    assertThat(upstream.closeCode()).isEqualTo(1002);
    assertThat(client.closeCode()).isEqualTo(1002);
    assertThat(why).isEqualTo(Failure.FRAME_INVALID);
    assertNothingIsLeft();
  }

  @Test
  void leavesNothingBehindWhenItIsCancelled() {
    client.isReading = false;
    Disposable joined = open();
    emit(fromUpstream, serverText("unread"));
    emit(fromClient, Arrays.copyOf(clientText("half a header"), 3));

    joined.dispose();

    assertNothingIsLeft();
  }
}
