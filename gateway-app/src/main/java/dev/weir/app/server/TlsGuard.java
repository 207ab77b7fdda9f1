package dev.weir.app.server;

import dev.weir.app.server.Connections.Cut;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/**
 * Stands behind TLS on a client's connection: ends the handshake's permit, says what comes next,
 * and keeps what goes wrong from whoever knows nothing of TLS.
 */
final class TlsGuard extends ChannelInboundHandlerAdapter {

  private final Handshakes handshakes;
  private final Connections connections;
  private final Consumer<ChannelHandlerContext> onAgreed;
  private boolean isInHandshake = true;

  TlsGuard(
      Handshakes handshakes, Connections connections, Consumer<ChannelHandlerContext> onAgreed) {
    this.handshakes = handshakes;
    this.connections = connections;
    this.onAgreed = onAgreed;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent completed && isInHandshake) {
      endHandshake();
      if (completed.isSuccess()) {
        onAgreed.accept(ctx);
      } else {
        boolean isLate = completed.cause() instanceof SslHandshakeTimeoutException;
        connections.count(isLate ? Cut.HANDSHAKE_TIMEOUT : Cut.HANDSHAKE_FAILED);
        ctx.close();
      }
    }
    ctx.fireUserEventTriggered(event);
  }

  private void endHandshake() {
    if (isInHandshake) {
      isInHandshake = false;
      handshakes.end();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    endHandshake();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    boolean isOfTls = cause instanceof SSLException || cause instanceof DecoderException;
    if (isOfTls) {
      // Of the handshake it has been counted; later on it is a record that was tampered with.
      ctx.close();
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
