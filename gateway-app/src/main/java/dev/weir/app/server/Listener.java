package dev.weir.app.server;

import dev.weir.http.Handler;
import dev.weir.http.IpAddress;
import dev.weir.http.TrustedProxies;
import dev.weir.loop.EventLoops;
import dev.weir.telemetry.Telemetry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.NettyPipeline;
import reactor.netty.tcp.TcpServer;

/** An address at which a handler can be reached. */
public final class Listener {

  /** The decoder's own limit is on the whole request line: method, target, version and blanks. */
  private static final int REQUEST_LINE_OVERHEAD = 64;

  private final ListenerPolicy policy;
  private final HttpDecoderConfig decoding;
  private final EventLoops loops;
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
    this.policy = policy;
    this.decoding = decoding(policy);
    this.loops = loops;
    this.intake = new Intake(policy, trustedProxies, loops.clock());
    this.connections =
        new Connections(
            policy.maxConnections(),
            new PerAddress(policy.maxConnectionsPerAddress(), trustedProxies));
    this.surroundings =
        new Exchange.Surroundings(
            handler,
            isDraining::get,
            new DateField(InstantSource.system()),
            connections,
            telemetry);
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

  private TcpServer newServer(InetSocketAddress address) {
    return TcpServer.create()
        .bindAddress(() -> address)
        .runOn(loops.resources(), loops.isNative())
        .option(ChannelOption.SO_BACKLOG, 4096)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .doOnChannelInit((observer, channel, remote) -> open(channel));
  }

  private void open(Channel channel) {
    IpAddress peer = ClientConnection.peer(channel);
    if (!connections.tryOpen(peer)) {
      channel.close();
      return;
    }
    ConnectionGuard guard = new ConnectionGuard(policy, loops.clock(), connections);
    RequestSanity sanity = new RequestSanity(policy, guard);
    guard.refuseWith(sanity);
    connections.add(guard, peer);
    ChannelPipeline pipeline = channel.pipeline();
    // Reactor Netty's own last handler, which would make a stream of bytes of it.
    pipeline.remove(NettyPipeline.ReactiveBridge);
    pipeline.addLast("weir.connection", guard);
    pipeline.addLast(NettyPipeline.HttpCodec, new StrictRequestDecoder(decoding));
    pipeline.addLast("weir.sanity", sanity);
    pipeline.addLast("weir.requests", new ClientConnection(guard, intake, surroundings));
    // Reactor Netty opens connections that do not read.
    channel.config().setAutoRead(true);
  }

  private static HttpDecoderConfig decoding(ListenerPolicy policy) {
    return new HttpDecoderConfig()
        .setMaxInitialLineLength(policy.maxTargetBytes() + REQUEST_LINE_OVERHEAD)
        .setMaxHeaderSize(policy.maxHeaderBytes())
        .setStrictLineParsing(true);
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
