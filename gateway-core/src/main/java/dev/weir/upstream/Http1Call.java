package dev.weir.upstream;

import dev.weir.http.Body;
import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.HopByHop;
import dev.weir.http.Informational;
import dev.weir.http.Phase;
import dev.weir.http.Quoted;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.http.WebSocketHandshake;
import dev.weir.loop.ByteStream;
import dev.weir.loop.ByteWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * One request to one endpoint, once: the subscription of whoever waits for the answer, and the user
 * of a connection from the moment it has one until the answer's last byte.
 *
 * <p>What comes in one go is kept until the read is over. So the end of an answer is known before
 * anybody is told of it, and with it whether anything followed that nobody asked for; an answer
 * that is small and whole is a value in memory, its connection back in the pool before the answer
 * goes on; and any other becomes a stream.
 */
final class Http1Call implements Subscription, ByteStream.Source, Runnable {

  private static final int MAX_INFORMATIONAL = 32;
  private static final int MAX_HELD_BYTES = 64 << 10;
  private static final int MAX_COPIED_BYTES = 4096;

  private enum State {
    NEW,
    WAITING,
    SENT,
    STREAMING,
    OVER
  }

  private final CoreSubscriber<? super Response> actual;
  private final Request request;
  private final Endpoint endpoint;
  private final Http1Pool pool;
  private final boolean isUpgrade;

  private State state = State.NEW;
  private @Nullable Http1Connection connection;
  private @Nullable ByteWriter writer;
  private boolean isRequestWritten;

  private @Nullable HttpResponse head;
  private final List<ByteBuf> pieces = new ArrayList<>(1);
  private int heldBytes;
  private @Nullable ByteStream stream;
  private HttpHeaders trailers = EmptyHttpHeaders.INSTANCE;
  private int informational;
  private boolean isSkipping;
  private boolean isComplete;
  private boolean isPoisoned;
  private boolean isReusable;
  private boolean isTunnel;

  Http1Call(
      CoreSubscriber<? super Response> actual, Request request, Endpoint endpoint, Http1Pool pool) {
    this.actual = actual;
    this.request = request;
    this.endpoint = endpoint;
    this.pool = pool;
    this.isUpgrade = WebSocketHandshake.isWanted(request);
  }

  boolean isHead() {
    return request.method().equals(HttpMethod.HEAD);
  }

  /** Whether nobody waits for a connection any more. */
  boolean isOver() {
    return state == State.OVER;
  }

  /** Whether it has asked for a connection, and has none. */
  boolean isWaiting() {
    return state == State.WAITING;
  }

  // The subscription

  @Override
  public void request(long n) {
    if (pool.loop().inEventLoop()) {
      run();
    } else {
      pool.loop().execute(this);
    }
  }

  /** Begins. */
  @Override
  public void run() {
    if (state == State.NEW) {
      state = State.WAITING;
      request.progress().enter(Phase.CONNECT);
      pool.acquire(this);
    }
  }

  @Override
  public void cancel() {
    if (!pool.loop().inEventLoop()) {
      pool.loop().execute(this::cancel);
    } else if (state != State.STREAMING && state != State.OVER) {
      end();
    }
  }

  /** There is no connection for it. */
  void refused(FailureException failure) {
    if (state == State.WAITING) {
      state = State.OVER;
      actual.onError(failure);
    }
  }

  // The request

  /** Writes the request to this connection, of which it is the only user from now on. */
  void connected(Http1Connection leased) {
    state = State.SENT;
    connection = leased;
    leased.lease(this);
    request.progress().enter(Phase.HEAD);
    try {
      send(leased);
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void send(Http1Connection leased) {
    ByteBuf held = request.body().held();
    int copied = held == null || held.readableBytes() > MAX_COPIED_BYTES ? 0 : held.readableBytes();
    ByteBuf out =
        RequestHead.encode(request, endpoint, isUpgrade, pool.clock(), leased.allocator(), copied);
    if (held == null) {
      leased.write(out);
      leased.flushSoon();
      ByteWriter body = new ByteWriter(new RequestContent(leased, request.body(), this));
      writer = body;
      body.start(request.body().content());
      return;
    }
    isRequestWritten = true;
    if (copied == held.readableBytes()) {
      leased.write(out.writeBytes(held, held.readerIndex(), copied));
    } else {
      leased.write(out);
      leased.write(held.retainedDuplicate());
    }
    leased.flush();
  }

  /** The connection takes more again. */
  void writable() {
    if (writer != null) {
      writer.writable();
    }
  }

  void requestWritten() {
    isRequestWritten = true;
    writer = null;
  }

  // The response

  /** A part of what the endpoint says. */
  void received(Object message) {
    if (isTunnel) {
      receivedInTunnel(message);
    } else if (isComplete || state == State.OVER) {
      isPoisoned |= state != State.OVER;
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
    if (message instanceof ByteBuf bytes && state != State.OVER) {
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
        ? Failure.UPSTREAM_CLOSED.exception(endpoint + ": closed in the middle of an answer")
        : Failure.UPSTREAM_INVALID.exception(endpoint + ": " + cause.getMessage(), cause);
  }

  private void receivedHead(HttpResponse response) {
    int status = response.status().code();
    int major = response.protocolVersion().majorVersion();
    if (major != 1) {
      fail(
          Failure.UPSTREAM_INVALID.exception(
              endpoint + ": version: " + response.protocolVersion() + " (expected: HTTP/1.1)"));
    } else if (status == 101 && isUpgrade) {
      receivedSwitch(response);
    } else if (status == 101 || status < 100 || status > 599) {
      fail(
          Failure.UPSTREAM_INVALID.exception(
              endpoint + ": status: " + status + " (expected: 200 to 599)"));
    } else if (status >= 200 && !isFramed(response.headers())) {
      fail(
          Failure.UPSTREAM_INVALID.exception(
              endpoint
                  + ": transfer-encoding: "
                  + Quoted.of("" + response.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING))
                  + " (expected: chunked)"));
    } else if (status >= 200) {
      head = response;
    } else {
      receivedInformational(response, status);
    }
  }

  private void receivedSwitch(HttpResponse response) {
    String fault = WebSocketHandshake.faultOfAnswer(request.headers(), response.headers());
    if (fault != null) {
      fail(Failure.UPSTREAM_INVALID.exception(endpoint + ": " + fault));
      return;
    }
    head = response;
    isTunnel = true;
    stopDecoding();
  }

  /** RFC 9112 §6.1: a coding that we don't decode would be taken for the content. */
  private static boolean isFramed(HttpHeaders fields) {
    String coding = fields.get(HttpHeaderNames.TRANSFER_ENCODING);
    return coding == null
        || coding.equalsIgnoreCase("chunked")
            && fields.getAll(HttpHeaderNames.TRANSFER_ENCODING).size() == 1;
  }

  private void receivedInformational(HttpResponse response, int status) {
    isSkipping = true;
    informational++;
    if (informational > MAX_INFORMATIONAL) {
      fail(
          Failure.UPSTREAM_INVALID.exception(
              endpoint + ": more than " + MAX_INFORMATIONAL + " informational responses"));
    } else if (status != 100) {
      request.informational().accept(new Informational(status, response.headers()));
    }
  }

  private void receivedContent(HttpContent content) {
    boolean isLast = content instanceof LastHttpContent;
    if (isSkipping || state == State.OVER) {
      isSkipping = isSkipping && !isLast;
      content.release();
      return;
    }
    if (content.content().isReadable()) {
      add(content.content());
    } else {
      content.release();
    }
    if (content instanceof LastHttpContent last && state != State.OVER) {
      receivedEnd(last);
    }
  }

  private void add(ByteBuf piece) {
    if (stream != null) {
      stream.push(piece);
    } else {
      pieces.add(piece);
      heldBytes += piece.readableBytes();
    }
  }

  /** At once: what follows the head is no HTTP. */
  private void stopDecoding() {
    if (connection != null) {
      connection.stopDecoding();
    }
  }

  private void receivedEnd(LastHttpContent last) {
    isComplete = true;
    if (!last.trailingHeaders().isEmpty()) {
      trailers = last.trailingHeaders();
    }
  }

  /** Everything that came in one go is here. */
  void readComplete() {
    HttpResponse response = head;
    if (response == null) {
      return;
    }
    if (state == State.SENT) {
      answer(response);
    } else if (state == State.STREAMING && isComplete && stream != null) {
      ByteStream whole = stream;
      letGo();
      whole.complete();
    }
  }

  private void answer(HttpResponse response) {
    HttpHeaders fields = response.headers();
    int status = response.status().code();
    long length = lengthOf(fields);
    isReusable = HttpUtil.isKeepAlive(response) && connection != null && connection.isActive();
    HopByHop.strip(fields);
    if (isTunnel) {
      actual.onNext(Response.switching(fields, openTunnel()));
      actual.onComplete();
      return;
    }
    Body body;
    if (isComplete && heldBytes <= MAX_HELD_BYTES && trailers.isEmpty()) {
      body = pieces.isEmpty() ? Body.empty() : Body.held(whole());
      pieces.clear();
      letGo();
    } else {
      ByteStream content = openStream();
      body = Body.streaming(content, length, () -> trailers, content::cancel);
      if (isComplete) {
        letGo();
        content.complete();
      }
    }
    actual.onNext(Response.of(status, fields, body));
    actual.onComplete();
  }

  private ByteBuf whole() {
    return pieces.size() == 1
        ? pieces.get(0)
        : Unpooled.wrappedBuffer(pieces.toArray(new ByteBuf[0]));
  }

  private ByteStream openStream() {
    state = State.STREAMING;
    ByteStream opened = new ByteStream(pool.loop(), this);
    stream = opened;
    pieces.forEach(opened::push);
    pieces.clear();
    return opened;
  }

  private Http1Tunnel openTunnel() {
    ByteStream fromEndpoint = openStream();
    if (connection == null) {
      throw new IllegalStateException("a tunnel without a connection");
    }
    pool.switched(connection);
    return new Http1Tunnel(connection, fromEndpoint, tunnelWriter -> writer = tunnelWriter);
  }

  private static long lengthOf(HttpHeaders fields) {
    String length = fields.get(HttpHeaderNames.CONTENT_LENGTH);
    return length == null ? -1 : Long.parseLong(length);
  }

  // The end

  /** The connection is not needed any more: for another call, if it is as good as new. */
  private void letGo() {
    state = State.OVER;
    Http1Connection leased = connection;
    connection = null;
    isPoisoned |= isReusable && leased != null && leased.hasUnread();
    if (isPoisoned) {
      pool.poisoned();
    }
    if (writer != null) {
      writer.cancel();
      writer = null;
    }
    if (leased == null) {
      return;
    }
    if (isReusable && isRequestWritten && !isPoisoned) {
      pool.release(leased);
    } else {
      leased.close();
    }
  }

  /** The reader reads faster or slower than the endpoint writes. */
  @Override
  public void read(boolean isWanted) {
    if (connection != null) {
      connection.read(isWanted);
    }
  }

  /** The reader of the answer's body has left. */
  @Override
  public void abandoned() {
    end();
  }

  /** The connection is gone: at the end of an answer that has no other end, or too early. */
  void connectionEnded(@Nullable Throwable cause) {
    if (isTunnel && stream != null) {
      ByteStream fromEndpoint = stream;
      end();
      if (cause == null) {
        fromEndpoint.complete();
      } else {
        fromEndpoint.fail(
            Failure.UPSTREAM_CLOSED.exception(endpoint + ": " + cause.getMessage(), cause));
      }
      return;
    }
    readComplete();
    if (state != State.OVER) {
      fail(
          cause == null
              ? Failure.UPSTREAM_CLOSED.exception(endpoint + ": connection closed")
              : Failure.UPSTREAM_CLOSED.exception(endpoint + ": " + cause.getMessage(), cause));
    }
  }

  /** It has no answer, or none that is whole. */
  void fail(Throwable error) {
    ByteStream open = stream;
    boolean isAnswered = state == State.STREAMING;
    if (state == State.OVER) {
      return;
    }
    end();
    if (isAnswered && open != null) {
      open.fail(error);
    } else {
      actual.onError(error);
    }
  }

  /** Gives up whatever it has. */
  private void end() {
    state = State.OVER;
    pieces.forEach(ByteBuf::release);
    pieces.clear();
    Http1Connection leased = connection;
    connection = null;
    if (writer != null) {
      writer.cancel();
      writer = null;
    }
    if (leased != null) {
      leased.close();
    }
  }
}
