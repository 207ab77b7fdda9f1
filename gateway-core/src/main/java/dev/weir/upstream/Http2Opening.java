package dev.weir.upstream;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.loop.EventLoops;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.List;
import java.util.function.Consumer;

/**
 * A connection of HTTP/2 on its way. It is open when the endpoint's SETTINGS are here: by then it
 * is known that it speaks HTTP/2, and how many streams it takes, and nothing of a request was sent.
 */
final class Http2Opening extends Opening {

  private final Http2Pool pool;
  private final Alpn alpn;
  private final Http2EndpointConnection connection;

  /**
   * How HTTP/2 is agreed on within TLS.
   *
   * @param protocols to choose from
   * @param onOther is told of an endpoint that chose another
   */
  record Alpn(EndpointTls tls, List<String> protocols, Consumer<Endpoint> onOther) {}

  Http2Opening(
      Endpoint endpoint, ConnectionPolicy policy, EventLoops loops, Http2Pool pool, Alpn alpn) {
    super(endpoint, policy, loops, pool.loop());
    this.pool = pool;
    this.alpn = alpn;
    this.connection = new Http2EndpointConnection(endpoint.toString(), pool, this);
  }

  @Override
  void assemble(SocketChannel socket) {
    if (endpoint().isSecure()) {
      SslHandler handler = alpn.tls().handler(socket.alloc(), endpoint(), alpn.protocols());
      socket.pipeline().addLast(handler, new Choice(handler));
    } else {
      socket.pipeline().addLast(connection);
    }
  }

  /** Gives way to HTTP/2 once the endpoint has chosen it: who has not would misread its preface. */
  private final class Choice extends ChannelInboundHandlerAdapter {

    private final SslHandler handler;

    Choice(SslHandler handler) {
      this.handler = handler;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslHandshakeCompletionEvent done && done.isSuccess()) {
        String chosen = handler.engine().getApplicationProtocol();
        if ("h2".equals(chosen)) {
          ctx.pipeline().replace(this, null, connection);
        } else {
          alpn.onOther().accept(endpoint());
          fail(
              Failure.UPSTREAM_TLS_FAILED.exception(
                  endpoint()
                      + ": ALPN: "
                      + (chosen == null || chosen.isEmpty() ? "nothing" : chosen)
                      + " (expected: h2; else protocol of the upstream has to be http1 or auto)"));
        }
      }
    }
  }

  /** The endpoint's SETTINGS are still to come. */
  @Override
  void connected() {}

  /** The connection has ended before it was open. */
  void endedEarly(String how) {
    fail(
        Failure.CONNECT_FAILED.exception(
            endpoint()
                + ": "
                + how
                + " (expected: SETTINGS of HTTP/2; else protocol of the upstream has to be"
                + " http1)"));
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
