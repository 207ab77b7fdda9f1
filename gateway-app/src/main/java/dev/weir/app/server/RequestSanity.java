package dev.weir.app.server;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Quoted;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The first handler behind the codec: refuses what the parser could not read, and what it accepts
 * and a gateway must not. After a refusal nothing more is taken from the connection.
 */
final class RequestSanity extends ChannelInboundHandlerAdapter {

  private final ListenerPolicy policy;
  private final HeadRules rules;
  private final ConnectionGuard connection;
  private HttpHeaders head = EmptyHttpHeaders.INSTANCE;
  private boolean isLast;
  private boolean isOver;
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
    if (isOver) {
      ReferenceCountUtil.release(message);
    } else if (message instanceof HttpRequest && connection.requests().isSwitching()) {
      // The client did not wait for the switch: nobody can say which protocol these bytes are of.
      ReferenceCountUtil.release(message);
      isOver = true;
      connection.count(Connections.Cut.EARLY_BYTES);
      connection.closeNow();
    } else if (message instanceof HttpRequest request) {
      FailureException why = faultOf(request);
      if (why == null) {
        head = request.headers();
        boolean isBehindOthers = !connection.requests().isEmpty();
        connection.requestBegins(head, hasBody(request));
        if (isBehindOthers && !HttpUtil.isKeepAlive(request)) {
          hideEnd();
        }
        ctx.fireChannelRead(message);
      } else {
        ReferenceCountUtil.release(message);
        refuse(why);
      }
    } else if (message instanceof HttpContent content && content.decoderResult().isFailure()) {
      content.release();
      failContent(unreadableContent(content.decoderResult()));
    } else if (!(message instanceof LastHttpContent last) || isWhole(last)) {
      ctx.fireChannelRead(message);
    }
  }

  /**
   * The client wants the connection to end with this request, and others are still before it.
   * Reactor Netty would end it with the answer that it writes next, be that to an earlier one; so
   * it is not told, and we see to it.
   */
  private void hideEnd() {
    connection.requests().endWith(head);
    isLast = true;
    String others =
        head.getAll(HttpHeaderNames.CONNECTION).stream()
            .flatMap(options -> Stream.of(options.split(",", -1)))
            .map(String::strip)
            .filter(option -> !option.equalsIgnoreCase("close"))
            .collect(Collectors.joining(", "));
    String options = others.isEmpty() ? "keep-alive" : "keep-alive, " + others;
    head.set(HttpHeaderNames.CONNECTION, options);
  }

  private boolean isWhole(LastHttpContent last) {
    HttpHeaders trailers = last.trailingHeaders();
    int fields = trailers.size();
    if (fields > policy.maxHeaders()) {
      last.release();
      failContent(
          Failure.TOO_MANY_HEADERS.exception(
              "trailer fields: " + fields + " (expected: <= " + policy.maxHeaders() + ")"));
      return false;
    }
    connection.requests().received();
    if (fields > 0) {
      connection.requests().keepTrailers(head, trailers);
    }
    isOver = isLast;
    return true;
  }

  /**
   * Ends the request that is under way: whoever reads its body is told why, and nothing more is
   * taken from the connection. Its content goes on as if it had ended, and {@link OpenRequests}
   * knows that it has not: an error that goes through Reactor Netty would end the connection, if
   * nobody reads the body yet, without an answer.
   */
  void failContent(FailureException why) {
    ChannelHandlerContext ctx = context;
    if (ctx != null && !isOver) {
      isOver = true;
      connection.requests().fail(head, why);
      ctx.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }

  /** Answers with a refusal, as if a request had come that is to be refused. */
  void refuse(FailureException why) {
    ChannelHandlerContext ctx = context;
    if (ctx == null || isOver) {
      return;
    }
    isOver = true;
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
