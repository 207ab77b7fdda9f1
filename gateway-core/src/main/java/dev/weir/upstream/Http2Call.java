package dev.weir.upstream;

import dev.weir.http.Failure;
import dev.weir.http.Http2Fields.Malformed;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.http.WebSocketHandshake;
import dev.weir.loop.ByteStream;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * One request on a stream of its own. Once its answer streams, the endpoint may send as much as has
 * been read, and a window more.
 */
final class Http2Call extends EndpointCall<Http2EndpointConnection> {

  private final Http2Pool pool;
  private final Http2Answer answer;
  private @Nullable Http2Stream stream;
  private Http2Error resetWith = Http2Error.CANCEL;
  private boolean isPaused;
  private int owed;

  Http2Call(
      CoreSubscriber<? super Response> actual, Request request, Endpoint endpoint, Http2Pool pool) {
    super(actual, request, endpoint, pool.loop());
    this.pool = pool;
    this.answer =
        new Http2Answer(request.method().equals(HttpMethod.HEAD), request.informational());
  }

  /** Of its stream; 0 without one. */
  int streamId() {
    return stream == null ? 0 : stream.id();
  }

  // The request

  @Override
  void acquire() {
    if (WebSocketHandshake.isWanted(request())) {
      refused(
          Failure.UPGRADE_REQUIRED.exception(
              "a WebSocket over HTTP/2 (expected: an upstream with protocol http1 or auto)"));
    } else {
      pool.acquire(this);
    }
  }

  @Override
  void send(Http2EndpointConnection with) {
    Request request = request();
    ByteBuf held = request.body().held();
    boolean isEmpty = held != null && !held.isReadable();
    Http2Headers head = Http2RequestHead.of(request, endpoint(), pool.clock());
    Http2Stream begun = with.begin(this, head, isEmpty);
    if (begun == null || isOver()) {
      return;
    }
    stream = begun;
    if (held == null) {
      sendStream(new Http2RequestContent(with, begun, request.body(), this));
    } else {
      requestWritten();
      if (!isEmpty) {
        with.write(begun, held.retainedDuplicate(), true);
      }
    }
  }

  // The answer

  @Override
  boolean hasHead() {
    return answer.status() != 0;
  }

  @Override
  boolean isComplete() {
    return answer.isComplete();
  }

  @Override
  HttpHeaders trailers() {
    return answer.trailers();
  }

  /** A header block. */
  void received(Http2Headers headers, boolean isEnd) throws Malformed {
    if (!isOver()) {
      answer.headers(headers, isEnd);
    }
  }

  /**
   * Some of the content.
   *
   * @return how many of these bytes the endpoint may send again at once
   */
  int received(ByteBuf data, int padding, boolean isEnd) throws Malformed {
    int bytes = data.readableBytes();
    if (isOver()) {
      return bytes + padding;
    }
    answer.data(bytes, isEnd);
    boolean isOwed = stream() == null;
    if (bytes > 0) {
      add(data.retain());
    }
    if (isOwed || isPaused) {
      owed += bytes;
      return padding;
    }
    return bytes + padding;
  }

  @Override
  void respond() {
    answer(answer.status(), answer.fields(), answer.length());
  }

  @Override
  ByteStream openStream() {
    ByteStream opened = super.openStream();
    opened.pauseIfFull();
    if (!isPaused) {
      giveCredit();
    }
    return opened;
  }

  @Override
  public void read(boolean isWanted) {
    isPaused = !isWanted;
    if (isWanted) {
      giveCredit();
    }
  }

  private void giveCredit() {
    Http2EndpointConnection with = connection();
    if (owed > 0 && with != null && stream != null) {
      int due = owed;
      owed = 0;
      with.giveCredit(stream, due);
    }
  }

  // The end

  @Override
  void left() {
    boolean wasWaiting = isWaiting();
    Http2EndpointConnection with = connection();
    end();
    if (wasWaiting) {
      pool.left(this);
    } else if (with != null) {
      with.givenUp();
    }
  }

  /** The endpoint has ended the stream (RFC 9113 §7). */
  void resetByEndpoint(long code) {
    if (answer.isComplete()) {
      return; // It only wants no more of the request (RFC 9113 §8.1).
    }
    // Who has begun to answer has begun with the request, whatever it says.
    boolean isRefused = code == Http2Error.REFUSED_STREAM.code() && answer.status() == 0;
    Failure failure = isRefused ? Failure.UPSTREAM_REFUSED : Failure.UPSTREAM_CLOSED;
    stream = null; // A reset is not answered by another (RFC 9113 §5.4.2).
    fail(failure.exception(endpoint() + ": reset by the endpoint: " + name(code)));
  }

  /** Of an error's code, in the words of RFC 9113 §7. */
  static String name(long code) {
    Http2Error known = Http2Error.valueOf(code);
    return known == null ? "code " + code : known.name();
  }

  /** The stream is closed; whoever closed it has told why, but for what nobody foresaw. */
  void streamClosed() {
    if (!answer.isComplete()) {
      fail(Failure.UPSTREAM_CLOSED.exception(endpoint() + ": stream closed"));
    }
  }

  /** What came breaks the rules. */
  void broken(Http2Exception fault) {
    resetWith = fault.error();
    fail(Failure.UPSTREAM_INVALID.exception(endpoint() + ": " + fault.getMessage(), fault));
  }

  /** What there is to come of the request is not wanted by an endpoint that has answered it. */
  @Override
  void giveBack(Http2EndpointConnection with) {
    if (isRequestWritten()) {
      with.ends(this);
    } else {
      giveUp(with);
    }
  }

  @Override
  void giveUp(Http2EndpointConnection with) {
    if (stream != null) {
      with.reset(stream, resetWith);
    }
    with.ends(this);
  }
}
