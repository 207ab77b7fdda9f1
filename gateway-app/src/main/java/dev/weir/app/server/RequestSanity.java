package dev.weir.app.server;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Quoted;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first handler behind the codec: refuses what the parser could not read, and what it accepts
 * and a gateway must not. After a refusal nothing more is taken from the connection.
 */
final class RequestSanity extends ChannelInboundHandlerAdapter {

  private final ListenerPolicy policy;
  private final ConnectionGuard connection;
  private boolean hasRefused;
  private @Nullable ChannelHandlerContext context;

  RequestSanity(ListenerPolicy policy, ConnectionGuard connection) {
    this.policy = policy;
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
      hasRefused = true;
      // The request is under way: its body fails, and with it whatever reads the body.
      ctx.fireExceptionCaught(unreadable(content.decoderResult()));
    } else {
      if (message instanceof LastHttpContent) {
        connection.requests().received();
      }
      ctx.fireChannelRead(message);
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
    if (request.decoderResult().isFailure()) {
      return unreadable(request.decoderResult());
    }
    HttpVersion version = request.protocolVersion();
    if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
      return Failure.VERSION_NOT_SUPPORTED.exception("version: " + Quoted.of(version.text()));
    }
    int fields = request.headers().size();
    if (fields > policy.maxHeaders()) {
      return Failure.TOO_MANY_HEADERS.exception(
          "header fields: " + fields + " (expected: <= " + policy.maxHeaders() + ")");
    }
    return faultOfCoding(request);
  }

  /** RFC 9112 §6.1: the only coding that we decode is chunked, and only of HTTP/1.1. */
  private static @Nullable FailureException faultOfCoding(HttpRequest request) {
    List<String> codings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (codings.isEmpty()) {
      return null;
    }
    String coding = String.join(",", codings);
    if (codings.size() > 1 || !request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      return Failure.MALFORMED_REQUEST.exception(
          "transfer-encoding: " + Quoted.of(coding) + " (expected: once, of HTTP/1.1)");
    }
    return coding.equalsIgnoreCase("chunked")
        ? null
        : Failure.CODING_NOT_SUPPORTED.exception(
            "transfer-encoding: " + Quoted.of(coding) + " (expected: chunked)");
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
