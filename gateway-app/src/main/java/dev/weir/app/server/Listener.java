package dev.weir.app.server;

import dev.weir.http.Handler;
import dev.weir.http.Request;
import dev.weir.http.TrustedProxies;
import dev.weir.loop.EventLoops;
import dev.weir.telemetry.Telemetry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** An address at which a handler can be reached. */
public final class Listener {

  private static final AttributeKey<ConnectionGuard> GUARD =
      AttributeKey.valueOf(Listener.class, "guard");

  /** The decoder's own limit is on the whole request line: method, target, version and blanks. */
  private static final int REQUEST_LINE_OVERHEAD = 64;

  private final ListenerPolicy policy;
  private final HttpDecoderConfig decoding;
  private final EventLoops loops;
  private final Handler handler;
  private final Intake intake;
  private final Connections connections;
  private final AtomicBoolean isDraining = new AtomicBoolean();
  private final Exchange.Surroundings surroundings;
  private final DisposableServer server;

  private Listener(
      InetSocketAddress address,
      ListenerPolicy policy,
      TrustedProxies trustedProxies,
      EventLoops loops,
      Telemetry telemetry,
      Handler handler) {
    this.surroundings =
        new Exchange.Surroundings(
            isDraining::get, new DateField(InstantSource.system()), telemetry);
    this.policy = policy;
    this.decoding = decoding(policy);
    this.loops = loops;
    this.handler = handler;
    this.intake = new Intake(policy, trustedProxies, loops.clock());
    this.connections = new Connections(policy.maxConnections());
    this.server = newServer(address).bindNow();
  }

  /**
   * Opens a listener; blocks until it is bound.
   *
   * @throws reactor.netty.ChannelBindException if the address can't be had
   */
  public static Listener open(
      InetSocketAddress address,
      ListenerPolicy policy,
      TrustedProxies trustedProxies,
      EventLoops loops,
      Telemetry telemetry,
      Handler handler) {
    return new Listener(address, policy, trustedProxies, loops, telemetry, handler);
  }

  private static HttpDecoderConfig decoding(ListenerPolicy policy) {
    return new HttpDecoderConfig()
        .setMaxInitialLineLength(policy.maxTargetBytes() + REQUEST_LINE_OVERHEAD)
        .setMaxHeaderSize(policy.maxHeaderBytes())
        .setStrictLineParsing(true);
  }

  private HttpServer newServer(InetSocketAddress address) {
    return HttpServer.create()
        .bindAddress(() -> address)
        .runOn(loops.resources(), loops.isNative())
        .option(ChannelOption.SO_BACKLOG, 4096)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .doOnChannelInit((observer, channel, remote) -> guard(channel))
        .handle(this::serve);
  }

  private void guard(Channel channel) {
    if (!connections.tryOpen()) {
      channel.close();
      return;
    }
    ConnectionGuard guard = new ConnectionGuard(policy, loops.clock(), connections);
    RequestSanity sanity = new RequestSanity(policy, guard);
    guard.refuseWith(sanity);
    connections.add(guard);
    channel.attr(GUARD).set(guard);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.replace(NettyPipeline.HttpCodec, NettyPipeline.HttpCodec, new StrictCodec(decoding));
    pipeline.addBefore(NettyPipeline.HttpCodec, "weir.connection", guard);
    pipeline.addAfter(NettyPipeline.HttpCodec, "weir.sanity", sanity);
  }

  private Publisher<Void> serve(HttpServerRequest in, HttpServerResponse out) {
    ConnectionGuard[] guard = new ConnectionGuard[1];
    in.withConnection(connection -> guard[0] = connection.channel().attr(GUARD).get());
    if (guard[0].isClosed()) {
      // It waited behind an answer that was cut, and nobody is there any more to be answered.
      return Mono.empty();
    }
    Request request = intake.request(in, guard[0]);
    Exchange exchange = new Exchange(request, out, guard[0], surroundings);
    connections.exchangeBegins();
    return exchange
        .answerBy(handler)
        .doFinally(
            signal -> {
              connections.exchangeEnds();
              guard[0].exchangeEnds(in.requestHeaders());
            });
  }

  /** Where it listens; with the port that was given, if it asked for any. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.address();
  }

  public Connections connections() {
    return connections;
  }

  /** From now on each answer says that its connection will be closed. */
  public void drain() {
    isDraining.set(true);
  }

  /** Accepts no more connections, and closes those that have no request; does not wait. */
  public void closeIdle() {
    server.channel().close();
    connections.closeIdle();
  }

  /** Closes what is left. */
  public Mono<Void> close() {
    return Mono.defer(
        () -> {
          server.channel().close();
          connections.closeAll();
          return server.onDispose();
        });
  }
}
