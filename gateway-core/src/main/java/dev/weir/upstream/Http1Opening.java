package dev.weir.upstream;

import dev.weir.http.FailureException;
import dev.weir.loop.EventLoops;
import io.netty.channel.socket.SocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A connection of HTTP/1.1 on its way; its pool is told once how it went. */
final class Http1Opening extends Opening {

  private static final List<String> PROTOCOLS = List.of("http/1.1");

  private final EndpointTls tls;
  private final Http1Pool pool;
  private final ResponseDecoder decoder;
  private final Http1Connection connection;

  Http1Opening(
      Endpoint endpoint,
      ConnectionPolicy policy,
      EventLoops loops,
      EndpointTls tls,
      Http1Pool pool) {
    super(endpoint, policy, loops, pool.loop());
    this.tls = tls;
    this.pool = pool;
    this.decoder = new ResponseDecoder(policy.maxHeaderBytes());
    this.connection = new Http1Connection(pool, decoder, loops.clock().now(TimeUnit.NANOSECONDS));
  }

  @Override
  void assemble(SocketChannel socket) {
    if (endpoint().isSecure()) {
      socket.pipeline().addLast(tls.handler(socket.alloc(), endpoint(), PROTOCOLS));
    }
    socket.pipeline().addLast(decoder, connection);
  }

  @Override
  void connected() {
    succeed();
  }

  @Override
  void opened() {
    pool.opened(connection);
  }

  @Override
  void notOpened(FailureException why) {
    pool.notOpened(why);
  }
}
