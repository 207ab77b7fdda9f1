package dev.weir.upstream;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.HopByHop;
import dev.weir.http.Informational;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.http.WebSocketHandshake;
import dev.weir.loop.ByteStream;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * One request on one connection, of which it is the only user until the answer's last byte.
 *
 * <p>With the end of the answer it is known whether anything followed that nobody asked for: then
 * the connection is closed, else it is back in its pool before an answer that is small goes on.
 */
final class Http1Call extends EndpointCall<Http1Connection> {

  private static final int MAX_INFORMATIONAL = 32;
  private static final int MAX_COPIED_BYTES = 4096;

  private final Http1Pool pool;
  private final boolean isUpgrade;

  private @Nullable HttpResponse head;
  private HttpHeaders trailers = EmptyHttpHeaders.INSTANCE;
  private int informational;
  private boolean isSkipping;
  private boolean isComplete;
  private boolean isPoisoned;
  private boolean isReusable;
  private boolean isTunnel;

  Http1Call(
      CoreSubscriber<? super Response> actual, Request request, Endpoint endpoint, Http1Pool pool) {
    super(actual, request, endpoint, pool.loop());
    this.pool = pool;
    this.isUpgrade = WebSocketHandshake.isWanted(request);
  }

  boolean isHead() {
    return request().method().equals(HttpMethod.HEAD);
  }

  // The request

  @Override
  void acquire() {
    pool.acquire(this);
  }

  @Override
  void send(Http1Connection leased) {
    Request request = request();
    ByteBuf held = request.body().held();
    int copied = held == null || held.readableBytes() > MAX_COPIED_BYTES ? 0 : held.readableBytes();
    ByteBuf out =
        RequestHead.encode(
            request, endpoint(), isUpgrade, pool.clock(), leased.allocator(), copied);
    if (held == null) {
      leased.write(out);
      leased.flushSoon();
      sendStream(new RequestContent(leased, request.body(), this));
      return;
    }
    requestWritten();
    if (copied == held.readableBytes()) {
      leased.write(out.writeBytes(held, held.readerIndex(), copied));
    } else {
      leased.write(out);
      leased.write(held.retainedDuplicate());
    }
    leased.flush();
  }

  // The response

  /** A part of what the endpoint says. */
  void received(Object message) {
    if (isTunnel) {
      receivedInTunnel(message);
    } else if (isComplete || isOver()) {
      isPoisoned |= !isOver();
      ReferenceCountUtil.release(message);
    } else {
      receivedPart(message);
    }
  }

  private void receivedPart(Object message) {
    Throwable fault = faultOf(message);
    if (fault != null) {
      ReferenceCountUtil.release(message);
      fail(unreadable(fault));
      return;
    }
    if (message instanceof HttpResponse response) {
      receivedHead(response);
    }
    if (message instanceof HttpContent content) {
      receivedContent(content);
    }
  }

  /** Bytes; or the end of the head, of which the decoder speaks before it goes. */
  private void receivedInTunnel(Object message) {
    if (message instanceof ByteBuf bytes && !isOver()) {
      add(bytes);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  private static @Nullable Throwable faultOf(Object message) {
    DecoderResult result =
        message instanceof HttpObject object ? object.decoderResult() : DecoderResult.SUCCESS;
    return result.isFailure() ? result.cause() : null;
  }

  private FailureException unreadable(Throwable cause) {
    return cause instanceof PrematureChannelClosureException
        ? closed("closed in the middle of an answer", null)
        : Failure.UPSTREAM_INVALID.exception(endpoint() + ": " + cause.getMessage(), cause);
  }

  private FailureException closed(String how, @Nullable Throwable cause) {
    String detail = endpoint() + ": " + how;
    return cause == null
        ? Failure.UPSTREAM_CLOSED.exception(detail)
        : Failure.UPSTREAM_CLOSED.exception(detail, cause);
  }

  private void receivedHead(HttpResponse response) {
    int status = response.status().code();
    String fault = ResponseHead.faultOf(response, request());
    if (fault != null) {
      fail(Failure.UPSTREAM_INVALID.exception(endpoint() + ": " + fault));
    } else if (status == 101) {
      head = response;
      isTunnel = true;
      stopDecoding();
    } else if (status >= 200) {
      head = response;
    } else {
      receivedInformational(response, status);
    }
  }

  private void receivedInformational(HttpResponse response, int status) {
    isSkipping = true;
    informational++;
    if (informational > MAX_INFORMATIONAL) {
      fail(
          Failure.UPSTREAM_INVALID.exception(
              endpoint() + ": more than " + MAX_INFORMATIONAL + " informational responses"));
    } else if (status != 100) {
      request().informational().accept(new Informational(status, response.headers()));
    }
  }

  private void receivedContent(HttpContent content) {
    boolean isLast = content instanceof LastHttpContent;
    if (isSkipping || isOver()) {
      isSkipping = isSkipping && !isLast;
      content.release();
      return;
    }
    if (content.content().isReadable()) {
      add(content.content());
    } else {
      content.release();
    }
    if (content instanceof LastHttpContent last && !isOver()) {
      receivedEnd(last);
    }
  }

  /** At once: what follows the head is no HTTP. */
  private void stopDecoding() {
    Http1Connection leased = connection();
    if (leased != null) {
      leased.stopDecoding();
    }
  }

  private void receivedEnd(LastHttpContent last) {
    isComplete = true;
    if (!last.trailingHeaders().isEmpty()) {
      trailers = last.trailingHeaders();
    }
  }

  @Override
  boolean hasHead() {
    return head != null;
  }

  @Override
  boolean isComplete() {
    return isComplete;
  }

  @Override
  HttpHeaders trailers() {
    return trailers;
  }

  @Override
  void respond() {
    HttpResponse response = Objects.requireNonNull(head);
    HttpHeaders fields = response.headers();
    Http1Connection leased = Objects.requireNonNull(connection());
    if (isTunnel) {
      HopByHop.strip(fields);
      answer(Response.switching(fields, openTunnel(leased)));
      return;
    }
    isReusable = HttpUtil.isKeepAlive(response) && leased.isActive();
    answer(response.status().code(), fields, ResponseHead.lengthOf(response));
  }

  private Http1Tunnel openTunnel(Http1Connection switched) {
    ByteStream fromEndpoint = openStream();
    pool.switched(switched);
    return new Http1Tunnel(switched, fromEndpoint, this::writeWith);
  }

  /** The reader reads faster or slower than the endpoint writes. */
  @Override
  public void read(boolean isWanted) {
    Http1Connection leased = connection();
    if (leased != null) {
      leased.read(isWanted);
    }
  }

  // The end

  /** For another call, if the connection is as good as new. */
  @Override
  void giveBack(Http1Connection leased) {
    isPoisoned |= isReusable && leased.hasUnread();
    if (isPoisoned) {
      pool.poisoned();
    }
    if (isReusable && isRequestWritten() && !isPoisoned) {
      pool.release(leased);
    } else {
      leased.close();
    }
  }

  @Override
  void giveUp(Http1Connection leased) {
    leased.close();
  }

  @Override
  void left() {
    end();
  }

  /** The connection is gone: at the end of an answer that has no other end, or too early. */
  void connectionEnded(@Nullable Throwable cause) {
    ByteStream fromEndpoint = stream();
    if (isTunnel && fromEndpoint != null) {
      end();
      if (cause == null) {
        fromEndpoint.complete();
      } else {
        fromEndpoint.fail(closed("" + cause.getMessage(), cause));
      }
      return;
    }
    readComplete();
    if (!isOver()) {
      fail(closed(cause == null ? "connection closed" : "" + cause.getMessage(), cause));
    }
  }
}
