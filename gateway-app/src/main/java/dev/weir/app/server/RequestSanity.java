package dev.weir.app.server;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Quoted;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * The first handler behind the decoder: refuses what that could not read, and what it accepts and a
 * gateway must not. After a refusal nothing more is taken from the connection.
 */
final class RequestSanity extends ChannelInboundHandlerAdapter {

  private final ListenerPolicy policy;
  private final HeadRules rules;
  private final ConnectionGuard connection;
  private boolean hasRefused;
  private @Nullable ChannelHandlerContext context;

  RequestSanity(ListenerPolicy policy, ConnectionGuard connection) {
    this.policy = policy;
    this.rules = new HeadRules(policy);
    this.connection = connection;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (hasRefused) {
      ReferenceCountUtil.release(message);
    } else if (message instanceof HttpRequest request) {
      FailureException why = faultOf(request);
      if (why == null) {
        connection.requestBegins(request.headers(), hasBody(request));
        ctx.fireChannelRead(message);
      } else {
        ReferenceCountUtil.release(message);
        refuse(why);
      }
    } else if (message instanceof HttpContent content && content.decoderResult().isFailure()) {
      content.release();
      breakOff(unreadableContent(content.decoderResult()));
    } else if (message instanceof LastHttpContent last && hasTooManyTrailers(last)) {
      last.release();
      breakOff(
          Failure.TOO_MANY_HEADERS.exception(
              "trailer fields: "
                  + last.trailingHeaders().size()
                  + " (expected: <= "
                  + policy.maxHeaders()
                  + ")"));
    } else {
      if (message instanceof LastHttpContent) {
        connection.requests().received();
      } else {
        connection.requests().receivedSome();
      }
      ctx.fireChannelRead(message);
    }
  }

  private boolean hasTooManyTrailers(LastHttpContent last) {
    return last.trailingHeaders().size() > policy.maxHeaders();
  }

  /**
   * The request that is being read can't be read to its end: its body fails, and with it whatever
   * reads the body. That is told as its last content, so that it waits for its turn as the request
   * may do.
   */
  void breakOff(FailureException why) {
    ChannelHandlerContext ctx = context;
    if (ctx != null && !hasRefused) {
      hasRefused = true;
      DefaultLastHttpContent end = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
      end.setDecoderResult(DecoderResult.failure(why));
      ctx.fireChannelRead(end);
    }
  }

  /** Answers with a refusal, as if a request had come that is to be refused. */
  void refuse(FailureException why) {
    ChannelHandlerContext ctx = context;
    if (ctx == null || hasRefused) {
      return;
    }
    hasRefused = true;
    RefusedHeaders headers = new RefusedHeaders(why);
    // Whatever else the client is sending: it is not to be reset before it has read why.
    connection.requestBegins(headers, true);
    ctx.fireChannelRead(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "-", headers));
    ctx.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
  }

  /** RFC 9112 §6.3. */
  static boolean hasBody(HttpRequest request) {
    String length = request.headers().get(HttpHeaderNames.CONTENT_LENGTH);
    return request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
        || length != null && !length.equals("0");
  }

  private @Nullable FailureException faultOf(HttpRequest request) {
    return request.decoderResult().isFailure()
        ? unreadable(request.decoderResult())
        : rules.faultOf(request);
  }

  private FailureException unreadableContent(DecoderResult result) {
    return result.cause() instanceof TooLongHttpHeaderException
        ? unreadable(result)
        : Failure.MALFORMED_REQUEST.exception(Quoted.of("" + result.cause().getMessage()));
  }

  private FailureException unreadable(DecoderResult result) {
    Throwable cause = result.cause();
    if (cause instanceof TooLongHttpLineException) {
      return Failure.TARGET_TOO_LONG.exception(
          "request line (expected: a target of <= " + policy.maxTargetBytes() + " bytes)");
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return Failure.HEADERS_TOO_LARGE.exception(
          "header fields (expected: <= " + policy.maxHeaderBytes() + " bytes)");
    }
    return Failure.MALFORMED_REQUEST.exception(Quoted.of("" + cause.getMessage()));
  }
}
