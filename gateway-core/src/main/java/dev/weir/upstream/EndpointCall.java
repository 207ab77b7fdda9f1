package dev.weir.upstream;

import dev.weir.http.Body;
import dev.weir.http.FailureException;
import dev.weir.http.HopByHop;
import dev.weir.http.Phase;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.loop.ByteStream;
import dev.weir.loop.ByteWriter;
import dev.weir.loop.HeldPieces;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * One request to one endpoint, once: the subscription of whoever waits for the answer, and the user
 * of a connection, or of a stream on it, until the answer's last byte. How a call begins, what is
 * told of its answer and how it ends is the same in both versions of HTTP, and here.
 *
 * <p>What comes in one go is kept until the read is over. So the end of an answer is known before
 * anybody is told of it, and with it whether a rule was broken; an answer that is small and whole
 * is a value in memory, and whatever carried it is given back before the answer goes on; any other
 * becomes a stream.
 *
 * <p>Confined to its event loop; a demand or a cancellation from elsewhere goes there first.
 *
 * @param <C> the connection
 */
abstract class EndpointCall<C> implements Subscription, ByteStream.Source, Runnable {

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
  private final EventLoop loop;

  private State state = State.NEW;
  private @Nullable C connection;
  private @Nullable ByteWriter writer;
  private boolean isRequestWritten;

  private final HeldPieces pieces = new HeldPieces();
  private @Nullable ByteStream stream;

  EndpointCall(
      CoreSubscriber<? super Response> actual, Request request, Endpoint endpoint, EventLoop loop) {
    this.actual = actual;
    this.request = request;
    this.endpoint = endpoint;
    this.loop = loop;
  }

  /** Asks for a connection: {@link #connected} or {@link #refused} follows, maybe at once. */
  abstract void acquire();

  /** Writes the request, or as much of it as is here. */
  abstract void send(C with);

  /** Whether the head of the answer is here. */
  abstract boolean hasHead();

  /** Whether all of the answer is here. */
  abstract boolean isComplete();

  /** Those of the answer, once it is complete. */
  abstract HttpHeaders trailers();

  /** The head of the answer is here, and what came with it. */
  abstract void respond();

  /** The answer is whole: what carried it is not needed any more. */
  abstract void giveBack(C used);

  /** Nothing more is wanted of what carries the call, be it in the middle of something. */
  abstract void giveUp(C used);

  /** Whoever waited for the answer has left before there was one; it ends with {@link #end}. */
  abstract void left();

  final Request request() {
    return request;
  }

  final Endpoint endpoint() {
    return endpoint;
  }

  /** As long as it uses one. */
  final @Nullable C connection() {
    return connection;
  }

  /** Of the answer's content, once it streams. */
  final @Nullable ByteStream stream() {
    return stream;
  }

  /** Whether it has asked for a connection, and has none. */
  final boolean isWaiting() {
    return state == State.WAITING;
  }

  final boolean isOver() {
    return state == State.OVER;
  }

  final boolean isRequestWritten() {
    return isRequestWritten;
  }

  // The subscription

  @Override
  public final void request(long n) {
    if (loop.inEventLoop()) {
      run();
    } else {
      loop.execute(this);
    }
  }

  /** Begins. */
  @Override
  public final void run() {
    if (state == State.NEW) {
      state = State.WAITING;
      request.progress().enter(Phase.CONNECT);
      acquire();
    }
  }

  @Override
  public final void cancel() {
    if (!loop.inEventLoop()) {
      loop.execute(this::cancel);
    } else if (state != State.STREAMING && state != State.OVER) {
      left();
    }
  }

  /** There is no connection for it. */
  final void refused(FailureException failure) {
    if (state == State.WAITING) {
      state = State.OVER;
      actual.onError(failure);
    }
  }

  // The request

  /** It can be sent on this connection. */
  final void connected(C with) {
    state = State.SENT;
    connection = with;
    request.progress().enter(Phase.HEAD);
    try {
      send(with);
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  /** Writes what streams, from now on. */
  final void sendStream(ByteWriter.Target to) {
    ByteWriter content = new ByteWriter(to);
    writer = content;
    content.start(request.body().content());
  }

  /** Who is told from now on when the connection takes more again. */
  final void writeWith(ByteWriter other) {
    writer = other;
  }

  /** The connection takes more again. */
  final void writable() {
    if (writer != null) {
      writer.writable();
    }
  }

  final void requestWritten() {
    isRequestWritten = true;
    writer = null;
  }

  // The answer

  /** Some of its content, which the call takes over. */
  final void add(ByteBuf piece) {
    if (stream != null) {
      stream.push(piece);
    } else {
      pieces.add(piece);
    }
  }

  /** Everything that came in one go is here. */
  final void readComplete() {
    if (state == State.SENT) {
      if (hasHead()) {
        respond();
      }
    } else if (state == State.STREAMING && isComplete() && stream != null) {
      ByteStream whole = stream;
      letGo();
      whole.complete();
    }
  }

  /**
   * Tells whoever waits for it.
   *
   * @param length of the content as announced; -1 if it was not
   */
  final void answer(int status, HttpHeaders fields, long length) {
    HopByHop.strip(fields);
    Body body;
    if (isComplete() && pieces.isSmall() && trailers().isEmpty()) {
      body = pieces.take();
      letGo();
    } else {
      ByteStream content = openStream();
      body = Body.streaming(content, length, this::trailers, content::cancel);
      if (isComplete()) {
        letGo();
        content.complete();
      }
    }
    answer(Response.of(status, fields, body));
  }

  final void answer(Response response) {
    actual.onNext(response);
    actual.onComplete();
    if (stream != null) {
      stream.pauseIfFull();
    }
  }

  ByteStream openStream() {
    state = State.STREAMING;
    ByteStream opened = new ByteStream(loop, this);
    stream = opened;
    pieces.pushTo(opened);
    return opened;
  }

  // The end

  private void letGo() {
    C used = leave();
    if (used != null) {
      giveBack(used);
    }
  }

  /** The reader of the answer's body has left. */
  @Override
  public final void abandoned() {
    end();
  }

  /** It has no answer, or none that is whole. */
  final void fail(Throwable error) {
    if (state == State.OVER) {
      return;
    }
    ByteStream answered = stream;
    end();
    if (answered != null) {
      answered.fail(error);
    } else {
      actual.onError(error);
    }
  }

  /** Gives up whatever it has. */
  final void end() {
    pieces.release();
    C used = leave();
    if (used != null) {
      giveUp(used);
    }
  }

  private @Nullable C leave() {
    state = State.OVER;
    C used = connection;
    connection = null;
    if (writer != null) {
      writer.cancel();
      writer = null;
    }
    return used;
  }
}
