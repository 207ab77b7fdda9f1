package dev.weir.app.server;

import dev.weir.http.Ending;
import dev.weir.http.Failure;
import dev.weir.http.Fields;
import dev.weir.http.Handler;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.http.Trailers;
import dev.weir.http.Tunnel;
import dev.weir.loop.ByteWriter;
import dev.weir.telemetry.Event;
import dev.weir.telemetry.Telemetry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One request and its response: asks the path for the answer and delivers it, to its end or until
 * the client leaves. Confined to the event loop of its stream.
 *
 * <p>The answer's length is held to what was announced: a byte too many would be read as the
 * beginning of the next answer, and a client that was promised more would wait for it. So the
 * former is not sent, and the latter is cut (RFC 9112 §6.3, §8).
 */
final class Exchange implements CoreSubscriber<Response>, ByteWriter.Target {

  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

  /** Answers that an operator has no use for belong to nobody else. */
  private static final Context DISCARDING =
      Operators.enableOnDiscard(Context.empty(), Exchange::discard);

  private final Request request;
  private final ClientStream stream;
  private final Surroundings with;

  private @Nullable Subscription subscription;
  private @Nullable Response response;
  private @Nullable ByteWriter writer;
  private @Nullable Disposable tunnel;
  private long length;
  private long sent;
  private boolean isOver;

  /**
   * What all exchanges of a listener share.
   *
   * @param isDraining whether connections are to end with the answer that is being made
   */
  record Surroundings(
      Handler handler,
      BooleanSupplier isDraining,
      DateField date,
      Connections connections,
      Telemetry telemetry) {}

  Exchange(Request request, ClientStream stream, Surroundings with) {
    this.request = request;
    this.stream = stream;
    this.with = with;
  }

  /** Whether what came can't be taken for a request. */
  boolean isRefused() {
    return request.refusal() != null;
  }

  void begin() {
    with.connections().exchangeBegins();
    with.handler().handle(request).subscribe(this);
  }

  /** Nobody is there any more to be answered. */
  void clientLeft() {
    if (isOver) {
      return;
    }
    if (response == null && subscription != null) {
      subscription.cancel();
    }
    if (writer != null) {
      writer.cancel();
    }
    if (tunnel != null) {
      tunnel.dispose();
    }
    finish(Ending.CLIENT_LEFT);
  }

  // The answer

  @Override
  public Context currentContext() {
    return DISCARDING;
  }

  private static void discard(Object unwanted) {
    if (unwanted instanceof Response answer) {
      answer.discard();
    }
  }

  @Override
  public void onSubscribe(Subscription upstream) {
    subscription = upstream;
    upstream.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(Response answer) {
    if (!stream.loop().inEventLoop()) {
      stream.loop().execute(() -> onNext(answer));
    } else if (isOver) {
      answer.discard();
    } else {
      response = answer;
      try {
        deliver(answer);
      } catch (RuntimeException e) {
        fail(e);
      }
    }
  }

  /** The path has rendered what it could foresee; this it could not. */
  @Override
  public void onError(Throwable error) {
    if (!stream.loop().inEventLoop()) {
      stream.loop().execute(() -> onError(error));
    } else if (!isOver) {
      LOG.error("request={} has no answer", request.identity().requestId(), error);
      finish(Ending.failed(error));
    }
  }

  @Override
  public void onComplete() {
    if (!stream.loop().inEventLoop()) {
      stream.loop().execute(this::onComplete);
    } else if (response == null) {
      onError(new IllegalStateException("a path without an answer"));
    }
  }

  private void deliver(Response answer) {
    if (answer.tunnel() != null) {
      join(answer, answer.tunnel());
      return;
    }
    HttpHeaders fields = answer.headers();
    complete(fields);
    ByteBuf held = answer.body().held();
    if (mayNotHaveBody(answer)) {
      deliverHead(answer, fields, held);
    } else if (held != null) {
      deliverHeld(answer, fields, held);
    } else {
      deliverStream(answer, fields);
    }
  }

  /** What each answer has, whoever made it. */
  private void complete(HttpHeaders fields) {
    if (!fields.contains(HttpHeaderNames.DATE)) {
      fields.set(HttpHeaderNames.DATE, with.date().now());
    }
    if (!fields.contains(Fields.X_REQUEST_ID)) {
      fields.set(Fields.X_REQUEST_ID, request.identity().requestId());
    }
  }

  /** RFC 9110 §6.4.1. */
  private boolean mayNotHaveBody(Response answer) {
    int status = answer.status();
    return status == 204 || status == 304 || request.method().equals(HttpMethod.HEAD);
  }

  private void deliverHead(Response answer, HttpHeaders fields, @Nullable ByteBuf held) {
    boolean isToHead = request.method().equals(HttpMethod.HEAD);
    if (isToHead && !fields.contains(HttpHeaderNames.CONTENT_LENGTH)) {
      if (held != null && held.isReadable()) {
        fields.set(HttpHeaderNames.CONTENT_LENGTH, held.readableBytes());
      } else {
        // As a GET would be answered.
        stream.announceUnknownLength(fields);
      }
    }
    answer.body().discard();
    endWith(stream.sendWhole(answer.status(), fields, Unpooled.EMPTY_BUFFER));
  }

  private void deliverHeld(Response answer, HttpHeaders fields, ByteBuf held) {
    int bytes = held.readableBytes();
    fields.set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(bytes));
    request.progress().delivered(bytes);
    endWith(stream.sendWhole(answer.status(), fields, held));
  }

  private void deliverStream(Response answer, HttpHeaders fields) {
    length = answer.body().length();
    if (length >= 0) {
      fields.set(HttpHeaderNames.CONTENT_LENGTH, Long.toString(length));
    } else {
      fields.remove(HttpHeaderNames.CONTENT_LENGTH);
      stream.announceUnknownLength(fields);
    }
    stream.sendHead(answer.status(), fields);
    ByteWriter pieces = new ByteWriter(this);
    writer = pieces;
    pieces.start(answer.body().content());
  }

  private void join(Response answer, Tunnel upstream) {
    HttpHeaders fields = answer.headers();
    fields.remove(HttpHeaderNames.CONTENT_LENGTH);
    complete(fields);
    tunnel =
        stream
            .join(answer, upstream)
            .subscribe(
                nothing -> {},
                error -> finish(Ending.failed(error)),
                () -> finish(Ending.COMPLETE));
  }

  // The body on its way

  /** The stream takes more again. */
  void writable() {
    if (writer != null) {
      writer.writable();
    }
  }

  @Override
  public boolean isWritable() {
    return stream.isWritable();
  }

  @Override
  public void write(ByteBuf piece) {
    int bytes = piece.readableBytes();
    if (length >= 0 && sent + bytes > length) {
      piece.release();
      throw Failure.UPSTREAM_INVALID.exception("body: more than " + length + " bytes");
    }
    sent += bytes;
    request.progress().delivered(bytes);
    stream.send(piece);
  }

  @Override
  public void end() {
    if (sent < length) {
      fail(
          Failure.UPSTREAM_CLOSED.exception("body: " + sent + " bytes (expected: " + length + ")"));
    } else {
      endWith(stream.sendEnd(trailers()));
    }
  }

  private HttpHeaders trailers() {
    HttpHeaders received =
        response == null ? EmptyHttpHeaders.INSTANCE : response.body().trailers();
    if (received.isEmpty()) {
      return received;
    }
    HttpHeaders trailers = Trailers.passedOn(received);
    if (trailers.isEmpty() || !stream.takesTrailers()) {
      with.telemetry().count(Event.TRAILERS_DROPPED, request.progress().route());
      return EmptyHttpHeaders.INSTANCE;
    }
    return trailers;
  }

  @Override
  public void fail(Throwable error) {
    if (!isOver) {
      finish(Ending.failed(error));
    }
  }

  // The end

  private void endWith(ChannelFuture written) {
    if (written.isDone()) {
      written(written);
    } else {
      written.addListener(this::written);
    }
  }

  private void written(Future<? super Void> written) {
    if (isOver) {
      return;
    }
    Throwable cause = written.cause();
    if (cause == null) {
      finish(Ending.COMPLETE);
    } else {
      finish(cause instanceof IOException ? Ending.CLIENT_LEFT : Ending.failed(cause));
    }
  }

  private void finish(Ending ending) {
    if (isOver) {
      return;
    }
    isOver = true;
    if (response != null) {
      response.body().discard();
      response.end(ending);
    }
    request.body().discard();
    with.connections().exchangeEnds();
    if (ending.kind() == Ending.Kind.COMPLETE) {
      stream.answered();
    } else {
      stream.cut();
    }
  }
}
