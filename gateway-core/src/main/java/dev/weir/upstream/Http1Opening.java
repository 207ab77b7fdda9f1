package dev.weir.upstream;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.loop.EventLoops;
import dev.weir.upstream.Http1Connection.ResponseDecoder;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * A connection on its way: name, socket, TLS; all of it within the time that the policy gives. Its
 * pool is told once how it went.
 */
final class Http1Opening {

  private final Endpoint endpoint;
  private final ConnectionPolicy policy;
  private final EventLoops loops;
  private final EndpointTls tls;
  private final Http1Pool pool;
  private final ResponseDecoder decoder;
  private final Http1Connection connection;
  private @Nullable Disposable timer;
  private @Nullable Channel channel;
  private boolean isOver;

  Http1Opening(
      Endpoint endpoint,
      ConnectionPolicy policy,
      EventLoops loops,
      EndpointTls tls,
      Http1Pool pool) {
    this.endpoint = endpoint;
    this.policy = policy;
    this.loops = loops;
    this.tls = tls;
    this.pool = pool;
    this.decoder = new ResponseDecoder(policy.maxHeaderBytes());
    this.connection = new Http1Connection(pool, decoder, loops.clock().now(TimeUnit.NANOSECONDS));
  }

  void start() {
    long nanos = policy.connectTimeout().toNanos();
    timer = loops.clock().schedule(this::late, nanos, TimeUnit.NANOSECONDS);
    ChannelFuture connecting =
        new Bootstrap()
            .group(pool.loop())
            .channelFactory(() -> loops.newSocket(pool.loop()))
            .resolver(loops.resolver())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel socket) {
                    assemble(socket);
                  }
                })
            .connect(
                InetSocketAddress.createUnresolved(
                    endpoint.authority().address(), endpoint.port()));
    channel = connecting.channel();
    connecting.addListener(done -> connected(done, connecting.channel()));
  }

  private void assemble(SocketChannel socket) {
    if (endpoint.isSecure()) {
      socket.pipeline().addLast(tls.handler(socket.alloc(), endpoint));
    }
    socket.pipeline().addLast(decoder, connection);
  }

  private void connected(Future<?> done, Channel socket) {
    SslHandler handler = socket.pipeline().get(SslHandler.class);
    if (done.isSuccess() && handler != null) {
      handler.handshakeFuture().addListener(agreed -> end(agreed, Failure.UPSTREAM_TLS_FAILED));
    } else {
      end(done, Failure.CONNECT_FAILED);
    }
  }

  private void end(Future<?> done, Failure failure) {
    if (!done.isSuccess()) {
      Throwable cause = done.cause();
      fail(failure.exception(endpoint + ": " + text(cause), cause));
    } else if (finish()) {
      pool.opened(connection);
    }
  }

  private static String text(Throwable error) {
    String message = error.getMessage();
    return message == null ? error.toString() : message;
  }

  private void late() {
    fail(
        Failure.CONNECT_TIMEOUT.exception(
            endpoint + ": no connection within " + policy.connectTimeout().toMillis() + " ms"));
  }

  private void fail(FailureException why) {
    if (finish()) {
      if (channel != null) {
        channel.close();
      }
      pool.notOpened(why);
    }
  }

  private boolean finish() {
    if (isOver) {
      return false;
    }
    isOver = true;
    if (timer != null) {
      timer.dispose();
    }
    return true;
  }
}
