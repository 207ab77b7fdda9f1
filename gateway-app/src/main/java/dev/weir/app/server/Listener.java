package dev.weir.app.server;

import dev.weir.http.Handler;
import dev.weir.http.IpAddress;
import dev.weir.http.TrustedProxies;
import dev.weir.loop.ByteStream;
import dev.weir.loop.EventLoops;
import dev.weir.telemetry.Telemetry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
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
  private final @Nullable TlsPolicy tls;
  private final Handshakes handshakes;
  private final @Nullable Http2Service http2;
  private final AtomicBoolean isDraining = new AtomicBoolean();
  private final Exchange.Surroundings surroundings;
  private final DisposableServer server;

  private Listener(
      InetSocketAddress address,
      ListenerPolicy policy,
      @Nullable TlsPolicy tls,
      TrustedProxies trustedProxies,
      AcceptLimit acceptLimit,
      EventLoops loops,
      Telemetry telemetry,
      Handler handler) {
    this.tls = tls;
    this.handshakes = new Handshakes(tls == null ? 0 : tls.maxHandshakes());
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
    Http2Limits limits = policy.http2();
    this.http2 =
        limits == null
            ? null
            : new Http2Service(policy, limits, intake, connections, surroundings, loops.clock());
    this.server = newServer(address).bindNow();
    AcceptGate gate =
        new AcceptGate(acceptLimit, telemetry, loops.clock(), server.address().toString());
    server.channel().pipeline().addFirst("weir.accept", gate);
  }

  /**
   * Opens a listener; blocks until it is bound.
   *
   * @param tls null for one that speaks plain
   * @param acceptLimit which it shares with others
   * @throws reactor.netty.ChannelBindException if the address can't be had
   */
  public static Listener open(
      InetSocketAddress address,
      ListenerPolicy policy,
      @Nullable TlsPolicy tls,
      TrustedProxies trustedProxies,
      AcceptLimit acceptLimit,
      EventLoops loops,
      Telemetry telemetry,
      Handler handler) {
    return new Listener(
        address, policy, tls, trustedProxies, acceptLimit, loops, telemetry, handler);
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
    if (tls != null && !handshakes.tryBegin()) {
      connections.count(Connections.Cut.TOO_MANY_HANDSHAKES);
      channel.close();
      return;
    }
    IpAddress peer = Incoming.Link.peer(channel);
    if (!connections.tryOpen(peer)) {
      if (tls != null) {
        handshakes.end();
      }
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
    if (tls != null) {
      addTls(channel, tls, guard);
    }
    pipeline.addLast("weir.connection", guard);
    if (tls == null && http2 != null) {
      pipeline.addLast("weir.preface", new PrefaceDetector(ctx -> speakHttp2(channel, guard)));
    }
    ClientConnection requests = new ClientConnection(guard, decoding, intake, surroundings);
    pipeline.addLast(NettyPipeline.HttpCodec, requests.decoder());
    pipeline.addLast("weir.sanity", sanity);
    pipeline.addLast("weir.requests", requests);
    // Reactor Netty opens connections that do not read.
    channel.config().setAutoRead(true);
  }

  private void addTls(Channel channel, TlsPolicy how, ConnectionGuard guard) {
    SslHandler handler = how.contexts().get().newHandler(channel.alloc());
    handler.setHandshakeTimeoutMillis(how.handshakeTimeout().toMillis());
    channel.pipeline().addLast(NettyPipeline.SslHandler, handler);
    TlsGuard tlsGuard =
        new TlsGuard(
            handshakes,
            connections,
            () -> {
              if (ApplicationProtocolNames.HTTP_2.equals(handler.applicationProtocol())) {
                speakHttp2(channel, guard);
              }
            });
    channel.pipeline().addLast("weir.tls", tlsGuard);
  }

  /** Puts HTTP/2 in the place of HTTP/1.1, of which nothing has been said yet. */
  private void speakHttp2(Channel channel, ConnectionGuard guard) {
    Http2ClientConnection connection = Objects.requireNonNull(http2).newConnection();
    guard.handOver();
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast("weir.close", connection.gentleClose());
    pipeline.addLast("weir.http2", connection);
    pipeline.remove("weir.requests");
    pipeline.remove("weir.sanity");
    pipeline.remove(NettyPipeline.HttpCodec);
    pipeline.remove(guard);
    // Not before it can be told to close.
    connections.replace(guard, connection);
    if (isDraining.get()) {
      connection.announceEnd();
    }
  }

  private static HttpDecoderConfig decoding(ListenerPolicy policy) {
    return new HttpDecoderConfig()
        .setMaxInitialLineLength(policy.maxTargetBytes() + REQUEST_LINE_OVERHEAD)
        .setMaxHeaderSize(policy.maxHeaderBytes())
        .setMaxChunkSize(ByteStream.MAX_PIECE_BYTES)
        .setStrictLineParsing(true);
  }

  /** Where it listens; with the port that was given, if it asked for any. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.address();
  }

  /** TLS handshakes that have begun and not ended. */
  public int handshakes() {
    return handshakes.running();
  }

  public Connections connections() {
    return connections;
  }

  /** From now on clients are told that their connections will be closed. */
  public void drain() {
    isDraining.set(true);
    connections.announceEnd();
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
