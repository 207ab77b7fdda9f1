package dev.weir.upstream;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.loop.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * A connection on its way: name, socket, TLS, and what its protocol begins with; all of it within
 * the time that the policy gives. Whoever wants it is told once how it went.
 */
abstract class Opening {

  private final Endpoint endpoint;
  private final ConnectionPolicy policy;
  private final EventLoops loops;
  private final EventLoop loop;
  private @Nullable Disposable timer;
  private @Nullable Channel channel;
  private boolean isOver;

  /** To that endpoint, on that loop. */
  Opening(Endpoint endpoint, ConnectionPolicy policy, EventLoops loops, EventLoop loop) {
    this.endpoint = endpoint;
    this.policy = policy;
    this.loops = loops;
    this.loop = loop;
  }

  /** Puts the handlers of the protocol, and of TLS, into the pipeline. */
  abstract void assemble(SocketChannel socket);

  /** TCP and TLS are there; {@link #succeed} is to be called when requests can be sent. */
  abstract void connected();

  /** It is open. */
  abstract void opened();

  /** It is not, and will not be. */
  abstract void notOpened(FailureException why);

  final Endpoint endpoint() {
    return endpoint;
  }

  final void start() {
    long nanos = policy.connectTimeout().toNanos();
    timer = loops.clock().schedule(this::late, nanos, TimeUnit.NANOSECONDS);
    ChannelFuture connecting =
        new Bootstrap()
            .group(loop)
            .channelFactory(() -> loops.newSocket(loop))
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

  private void connected(Future<?> done, Channel socket) {
    SslHandler handler = socket.pipeline().get(SslHandler.class);
    if (done.isSuccess() && handler != null) {
      handler.handshakeFuture().addListener(agreed -> agreed(agreed, Failure.UPSTREAM_TLS_FAILED));
    } else {
      agreed(done, Failure.CONNECT_FAILED);
    }
  }

  private void agreed(Future<?> done, Failure failure) {
    if (done.isSuccess()) {
      connected();
    } else {
      Throwable cause = done.cause();
      fail(failure.exception(endpoint + ": " + text(cause), cause));
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

  /** Requests can be sent. */
  final void succeed() {
    if (finish()) {
      opened();
    }
  }

  final void fail(FailureException why) {
    if (finish()) {
      if (channel != null) {
        channel.close();
      }
      notOpened(why);
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
