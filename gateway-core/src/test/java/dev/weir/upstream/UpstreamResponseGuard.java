package dev.weir.upstream;

import dev.weir.http.Informational;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.netty.channel.ChannelOperations;

/**
 * Keeps one exchange's answer from being taken for another's, on a pooled connection of Reactor
 * Netty's HTTP client.
 *
 * <p>That client takes every informational response but 100 for the final one, and takes whatever
 * follows a complete response for the answer to the next request. Either way somebody is given what
 * was meant for somebody else. So informational responses never reach it, and the end of a response
 * is held back until the read is over that it came with: if anything followed it, the connection is
 * closed, and not used again.
 *
 * <p>What arrives while the next request is under way already can't be told from its answer in
 * HTTP/1.1; an endpoint that does that is not to be trusted.
 */
final class UpstreamResponseGuard extends ChannelDuplexHandler {

  /** Where an exchange wants its informational responses. */
  static final AttributeKey<Consumer<Informational>> INFORMATIONAL =
      AttributeKey.valueOf(UpstreamResponseGuard.class, "informational");

  private static final int MAX_INFORMATIONAL = 32;

  private final Runnable onPoison;
  private @Nullable LastHttpContent kept;
  private int informational;
  private boolean isOutstanding;
  private boolean isSkipping;
  private boolean isPoisoned;
  private boolean hasForwarded;

  /**
   * The guard of one connection.
   *
   * @param onPoison is told when the endpoint sent more than was asked for
   */
  UpstreamResponseGuard(Runnable onPoison) {
    this.onPoison = onPoison;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof HttpRequest) {
      isOutstanding = true;
      informational = 0;
    }
    ctx.write(message, promise);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!isOutstanding || kept != null) {
      refuse(ctx, message);
    } else if (message instanceof HttpResponse response && isInformational(response)) {
      pass(ctx, response);
      ReferenceCountUtil.release(message);
    } else if (isSkipping) {
      isSkipping = !(message instanceof LastHttpContent);
      ReferenceCountUtil.release(message);
    } else if (message instanceof LastHttpContent last) {
      kept = last;
    } else {
      hasForwarded = true;
      ctx.fireChannelRead(message);
    }
  }

  private static boolean isInformational(HttpResponse response) {
    int status = response.status().code();
    return response.decoderResult().isSuccess() && status >= 100 && status < 200 && status != 101;
  }

  private void pass(ChannelHandlerContext ctx, HttpResponse response) {
    isSkipping = true;
    informational++;
    if (informational == MAX_INFORMATIONAL + 1) {
      ctx.fireExceptionCaught(new TooManyInformationalResponses());
      ctx.close();
    }
    if (informational > MAX_INFORMATIONAL) {
      return;
    }
    Consumer<Informational> sink = ctx.channel().attr(INFORMATIONAL).get();
    if (sink != null && response.status().code() != 100) {
      sink.accept(new Informational(response.status().code(), response.headers()));
    }
  }

  private void refuse(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
    if (!isPoisoned) {
      isPoisoned = true;
      onPoison.run();
    }
    if (kept == null) {
      ctx.close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    boolean hasMoreToRead = kept == null && !hasForwarded && isOutstanding;
    deliverKept(ctx);
    hasForwarded = false;
    ctx.fireChannelReadComplete();
    if (hasMoreToRead) {
      // Reading is on demand, and what came was swallowed: nobody else will ask for the rest.
      ctx.read();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    deliverKept(ctx);
    ctx.fireChannelInactive();
  }

  private void deliverKept(ChannelHandlerContext ctx) {
    LastHttpContent last = kept;
    if (last == null) {
      return;
    }
    kept = null;
    isOutstanding = false;
    ChannelOperations<?, ?> operations = ChannelOperations.get(ctx.channel());
    if (isPoisoned && operations != null) {
      operations.markPersistent(false);
    }
    ctx.fireChannelRead(last);
    if (isPoisoned) {
      ctx.close();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ReferenceCountUtil.release(kept);
    kept = null;
  }

  /** More of them than any honest endpoint sends. */
  static final class TooManyInformationalResponses extends RuntimeException {
    TooManyInformationalResponses() {
      super("more than " + MAX_INFORMATIONAL + " informational responses", null, false, false);
    }
  }
}
