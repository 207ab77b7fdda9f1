package dev.weir.upstream;

import dev.weir.http.Body;
import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.HopByHop;
import dev.weir.http.Http2Fields.Malformed;
import dev.weir.http.Phase;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.http.WebSocketHandshake;
import dev.weir.loop.ByteStream;
import dev.weir.loop.ByteWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * One request to one endpoint, once, on a stream of its own: the subscription of whoever waits for
 * the answer.
 *
 * <p>What comes in one go is kept until the read is over, as with HTTP/1.1: so an answer that is
 * small and whole is a value in memory, and one that breaks a rule at its end was told to nobody.
 * Afterwards the endpoint may send as much as has been read, and a window more.
 */
final class Http2Call implements Subscription, ByteStream.Source, Runnable {

  private static final int MAX_HELD_BYTES = 64 << 10;

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
  private final Http2Pool pool;
  private final Http2Answer answer;

  private State state = State.NEW;
  private @Nullable Http2EndpointConnection connection;
  private @Nullable Http2Stream stream;
  private @Nullable ByteWriter writer;
  private boolean isRequestWritten;

  private final List<ByteBuf> pieces = new ArrayList<>(1);
  private int heldBytes;
  private @Nullable ByteStream body;
  private boolean isPaused;
  private int owed;

  Http2Call(
      CoreSubscriber<? super Response> actual, Request request, Endpoint endpoint, Http2Pool pool) {
    this.actual = actual;
    this.request = request;
    this.endpoint = endpoint;
    this.pool = pool;
    this.answer =
        new Http2Answer(request.method().equals(HttpMethod.HEAD), request.informational());
  }

  /** Of its stream; 0 without one. */
  int streamId() {
    return stream == null ? 0 : stream.id();
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
    if (state != State.NEW) {
      return;
    }
    state = State.WAITING;
    request.progress().enter(Phase.CONNECT);
    if (WebSocketHandshake.isWanted(request)) {
      refused(
          Failure.UPGRADE_REQUIRED.exception(
              "a WebSocket over HTTP/2 (expected: an upstream with protocol http1 or auto)"));
    } else {
      pool.acquire(this);
    }
  }

  @Override
  public void cancel() {
    if (!pool.loop().inEventLoop()) {
      pool.loop().execute(this::cancel);
    } else if (state == State.WAITING) {
      state = State.OVER;
      pool.left(this);
    } else if (state != State.STREAMING && state != State.OVER) {
      Http2EndpointConnection left = connection;
      end(Http2Error.CANCEL);
      if (left != null) {
        left.givenUp();
      }
    }
  }

  /** There is no stream for it. */
  void refused(FailureException failure) {
    if (state == State.WAITING) {
      state = State.OVER;
      actual.onError(failure);
    }
  }

  // The request

  /** Sends the request on a stream of this connection. */
  void connected(Http2EndpointConnection with) {
    state = State.SENT;
    connection = with;
    request.progress().enter(Phase.HEAD);
    try {
      send(with);
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void send(Http2EndpointConnection with) {
    ByteBuf held = request.body().held();
    boolean isEmpty = held != null && !held.isReadable();
    Http2Headers head = Http2RequestHead.of(request, endpoint, pool.clock());
    Http2Stream begun = with.begin(this, head, isEmpty);
    if (begun == null || state == State.OVER) {
      return;
    }
    stream = begun;
    if (held == null) {
      ByteWriter content =
          new ByteWriter(new Http2RequestContent(with, begun, request.body(), this));
      writer = content;
      content.start(request.body().content());
    } else {
      isRequestWritten = true;
      if (!isEmpty) {
        with.write(begun, held.retainedDuplicate(), true);
      }
    }
  }

  /** The stream takes more again. */
  void writable() {
    if (writer != null) {
      writer.writable();
    }
  }

  void requestWritten() {
    isRequestWritten = true;
    writer = null;
  }

  // The answer

  /** A header block. */
  void received(Http2Headers headers, boolean isEnd) throws Malformed {
    if (state != State.OVER) {
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
    if (state == State.OVER) {
      return bytes + padding;
    }
    answer.data(bytes, isEnd);
    boolean isOwed = body == null;
    if (bytes > 0) {
      add(data.retain());
    }
    if (isOwed || isPaused) {
      owed += bytes;
      return padding;
    }
    return bytes + padding;
  }

  private void add(ByteBuf piece) {
    if (body != null) {
      body.push(piece);
    } else {
      pieces.add(piece);
      heldBytes += piece.readableBytes();
    }
  }

  /** What came in one go is here. */
  void readComplete() {
    if (state == State.SENT && answer.status() != 0) {
      respond();
    } else if (state == State.STREAMING && answer.isComplete() && body != null) {
      ByteStream whole = body;
      letGo();
      whole.complete();
    }
  }

  private void respond() {
    HopByHop.strip(answer.fields());
    Body content;
    if (answer.isComplete() && heldBytes <= MAX_HELD_BYTES && answer.trailers().isEmpty()) {
      content = pieces.isEmpty() ? Body.empty() : Body.held(whole());
      pieces.clear();
      letGo();
    } else {
      ByteStream bytes = openStream();
      content = Body.streaming(bytes, answer.length(), answer::trailers, bytes::cancel);
      if (answer.isComplete()) {
        letGo();
        bytes.complete();
      }
    }
    actual.onNext(Response.of(answer.status(), answer.fields(), content));
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
    body = opened;
    pieces.forEach(opened::push);
    pieces.clear();
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
    if (owed > 0 && connection != null && stream != null) {
      int due = owed;
      owed = 0;
      connection.giveCredit(stream, due);
    }
  }

  // The end

  /** The answer is whole, and the stream needed no more. */
  private void letGo() {
    state = State.OVER;
    leave(Http2Error.CANCEL);
  }

  /** The reader of the answer's body has left. */
  @Override
  public void abandoned() {
    end(Http2Error.CANCEL);
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
    fail(failure.exception(endpoint + ": reset by the endpoint: " + name(code)));
  }

  /** Of an error's code, in the words of RFC 9113 §7. */
  static String name(long code) {
    Http2Error known = Http2Error.valueOf(code);
    return known == null ? "code " + code : known.name();
  }

  /** The stream is closed; whoever closed it has told why, but for what nobody foresaw. */
  void streamClosed() {
    if (!answer.isComplete()) {
      fail(Failure.UPSTREAM_CLOSED.exception(endpoint + ": stream closed"));
    }
  }

  /** What came breaks the rules. */
  void broken(Http2Exception fault) {
    fail(
        Failure.UPSTREAM_INVALID.exception(endpoint + ": " + fault.getMessage(), fault),
        fault.error());
  }

  /** It has no answer, or none that is whole. */
  void fail(Throwable error) {
    fail(error, Http2Error.CANCEL);
  }

  private void fail(Throwable error, Http2Error code) {
    ByteStream open = body;
    boolean isAnswered = state == State.STREAMING;
    if (state == State.OVER) {
      return;
    }
    end(code);
    if (isAnswered && open != null) {
      open.fail(error);
    } else {
      actual.onError(error);
    }
  }

  /** Gives up whatever it has. */
  private void end(Http2Error code) {
    state = State.OVER;
    pieces.forEach(ByteBuf::release);
    pieces.clear();
    isRequestWritten = false;
    leave(code);
  }

  /** What is still to come on either side of the stream is not wanted. */
  private void leave(Http2Error code) {
    Http2EndpointConnection with = connection;
    connection = null;
    if (writer != null) {
      writer.cancel();
      writer = null;
    }
    if (with != null) {
      if (stream != null && !isRequestWritten) {
        with.reset(stream, code);
      }
      with.ends(this);
    }
  }
}
