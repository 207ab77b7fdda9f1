package dev.weir.websocket;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Party;
import dev.weir.http.Progress;
import dev.weir.http.Tunnel;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * One WebSocket: two directions whose frames are judged, and one end.
 *
 * <p>The end comes in order whoever causes it (RFC 6455 §7.1). A side that broke a rule is not
 * heard any more; the other is sent a close frame, and what it has said before it answers that
 * still goes to the first, which gets its own close frame then. Frames are not cut for it: where
 * one is under way that can't become whole, the connection just ends.
 *
 * <p>Confined to the event loop of its exchange, except for {@link #goAwayWithin}.
 */
final class OpenWebSocket implements Tunnel, FrameFlow.Owner {

  private final Tunnel tunnel;
  private final RouteWebSockets route;
  private final Scheduler clock;
  private final Progress progress;
  private final FrameFlow toUpstream;
  private final FrameFlow toClient;

  private Scheduler.@Nullable Worker loop;
  private @Nullable Disposable timer;
  private long activeAtNanos;

  /** Why we end it; null as long as the sides do as they like. */
  private @Nullable FailureException why;

  private int code;

  /** The direction whose end is the end of both. */
  private FrameFlow lastFlow;

  private boolean isLeaving;
  private boolean isCloseKnown;
  private boolean isLate;
  private boolean isOver;

  OpenWebSocket(
      Tunnel tunnel,
      RouteWebSockets route,
      boolean isDeflated,
      Scheduler clock,
      Progress progress) {
    WebSocketPolicy policy = route.policy();
    this.tunnel = tunnel;
    this.route = route;
    this.clock = clock;
    this.progress = progress;
    this.toUpstream =
        new FrameFlow(new FrameReader(true, isDeflated, policy.fromClient(), clock), this);
    this.toClient =
        new FrameFlow(new FrameReader(false, isDeflated, policy.fromUpstream(), clock), this);
    this.lastFlow = toClient;
  }

  @Override
  public Mono<Void> join(Flux<ByteBuf> fromClient, Delivery delivery) {
    return Mono.defer(
            () -> {
              begin();
              return tunnel.join(
                  toUpstream.of(fromClient), bytes -> delivery.deliver(toClient.of(bytes)));
            })
        .then(Mono.defer(this::outcome))
        .doFinally(signal -> end());
  }

  @Override
  public void discard() {
    tunnel.discard();
  }

  private void begin() {
    loop = clock.createWorker();
    activeAtNanos = now();
    route.all().add(this);
    look();
  }

  private Mono<Void> outcome() {
    return why == null ? Mono.empty() : Mono.error(why);
  }

  private void end() {
    isOver = true;
    knowClose(Party.NOBODY, CloseCodes.CUT);
    route.all().remove(this);
    stopTimer();
    if (loop != null) {
      loop.dispose();
    }
  }

  private long now() {
    return clock.now(TimeUnit.NANOSECONDS);
  }

  private FrameFlow other(FrameFlow flow) {
    return flow == toClient ? toUpstream : toClient;
  }

  private Party sender(FrameFlow flow) {
    return flow == toClient ? Party.UPSTREAM : Party.CLIENT;
  }

  @Override
  public void received(FrameFlow flow, int bytes, int messages) {
    activeAtNanos = now();
    boolean isFromClient = flow == toUpstream;
    if (isFromClient) {
      progress.received(bytes);
    } else {
      progress.delivered(bytes);
    }
    if (messages > 0) {
      route.countMessages(isFromClient, messages);
    }
  }

  // The end

  @Override
  public void violated(FrameFlow flow, Violation violation) {
    Party by = sender(flow);
    route.countViolation(by, violation);
    if (why != null) {
      if (!flow.isBetweenFrames()) {
        flow.mute();
      }
      finish();
      return;
    }
    why = failure(by, violation);
    code = violation.closeCode();
    lastFlow = other(flow);
    knowClose(Party.GATEWAY, code);
    watch(route.policy().closeTimeout().toNanos());
    if (flow.isBetweenFrames() && !lastFlow.isClosed()) {
      flow.endWith(frame(flow));
    } else {
      flow.mute();
      finish();
    }
  }

  private static FailureException failure(Party by, Violation violation) {
    boolean isUpstream = by == Party.UPSTREAM;
    Failure failure =
        !violation.isOfProtocol()
            ? Failure.MESSAGE_REFUSED
            : isUpstream ? Failure.UPSTREAM_FRAME_INVALID : Failure.FRAME_INVALID;
    return failure.exception((isUpstream ? "upstream: " : "client: ") + violation.meaning());
  }

  private ByteBuf frame(FrameFlow flow) {
    return CloseCodes.frame(code, "", flow == toUpstream);
  }

  /** Nothing is waited for any more but that what has been said arrives. */
  private void finish() {
    lastFlow.endWith(frame(lastFlow));
    lastFlow.complete();
  }

  @Override
  public void closing(FrameFlow flow, int closeCode, ByteBuf frame) {
    knowClose(sender(flow), closeCode);
    if (why == null || isLeaving) {
      flow.endWith(frame);
      if (other(flow).isClosed()) {
        // Both have said it, and the server closes the connection (RFC 6455 §7.1.1).
        watch(route.policy().closeTimeout().toNanos());
      }
    } else {
      frame.release();
      finish();
    }
  }

  @Override
  public void ended(FrameFlow flow, @Nullable Throwable error) {
    knowClose(sender(flow), CloseCodes.CUT);
    if (error != null && !flow.isClosed()) {
      flow.fail(error);
    } else if (why != null && flow == lastFlow) {
      finish();
    } else if (why == null && flow == toUpstream && flow.isClosed() && !toClient.isClosed()) {
      // A client that has said its last word, and still hears that of the other side.
      watch(route.policy().closeTimeout().toNanos());
    } else {
      flow.complete();
    }
  }

  private void knowClose(Party by, int closeCode) {
    if (!isCloseKnown) {
      isCloseKnown = true;
      route.countClose(by, CloseClass.of(closeCode));
      progress.closed(closeCode);
    }
  }

  /** Closes from our side: the client first, whose last words still go to the upstream. */
  private void leave(int closeCode, FailureException reason) {
    if (why == null && !toClient.isClosed()) {
      why = reason;
      code = closeCode;
      isLeaving = true;
      lastFlow = toUpstream;
      knowClose(Party.GATEWAY, closeCode);
      toClient.endWith(frame(toClient));
    }
    watch(route.policy().closeTimeout().toNanos());
  }

  /** Says that the gateway is going away, in a while; from any thread. */
  void goAwayWithin(int closeCode, long nanos) {
    Scheduler.Worker worker = loop;
    if (worker != null && !worker.isDisposed()) {
      Disposable unused =
          worker.schedule(
              () -> leave(closeCode, Failure.GATEWAY_STOPPING.exception()),
              nanos,
              TimeUnit.NANOSECONDS);
    }
  }

  // Time

  /** Looks at it again after so long: for idleness, or when an end takes too long. */
  private void watch(long nanos) {
    stopTimer();
    if (!isOver) {
      Runnable task = isEnding() ? this::hurry : this::look;
      timer = clock.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private boolean isEnding() {
    return why != null || toClient.isClosed() || toUpstream.isClosed();
  }

  private void stopTimer() {
    if (timer != null) {
      timer.dispose();
      timer = null;
    }
  }

  private void look() {
    long idle = route.policy().idle().toNanos();
    long elapsed = now() - activeAtNanos;
    if (elapsed >= idle) {
      leave(CloseCodes.GOING_AWAY, Failure.WEBSOCKET_IDLE.exception());
    } else {
      timer = clock.schedule(this::look, idle - elapsed, TimeUnit.NANOSECONDS);
    }
  }

  /** First says what is left to be said, then ends it. */
  private void hurry() {
    if (isLate) {
      toClient.fail(why == null ? Failure.WEBSOCKET_IDLE.exception() : why);
      return;
    }
    isLate = true;
    if (why == null) {
      toClient.complete();
    } else {
      finish();
    }
    watch(route.policy().closeTimeout().toNanos());
  }
}
