package dev.weir.app.server;

import dev.weir.http.Ending;
import dev.weir.http.Failure;
import dev.weir.http.Request;
import dev.weir.http.Response;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * A response's streaming body on its way to the client: counted, held to the length that was
 * announced, and the response ended as the body ends.
 *
 * <p>Reactor Netty's server enforces no length. A byte too many would be read as the beginning of
 * the next answer, and a client that was promised more would wait for it; so the former is not
 * sent, and the latter ends in an error, on which the connection is closed (RFC 9112 §6.3, §8).
 */
final class Delivery extends Flux<ByteBuf> {

  private final Flux<ByteBuf> content;
  private final Request request;
  private final Response response;
  private final Consumer<HttpHeaders> trailers;

  /**
   * The response's content.
   *
   * @param trailers is told of a trailer section before the content completes
   */
  Delivery(Request request, Response response, Consumer<HttpHeaders> trailers) {
    this.trailers = trailers;
    this.content = response.body().content();
    this.request = request;
    this.response = response;
  }

  @Override
  public void subscribe(CoreSubscriber<? super ByteBuf> actual) {
    content.subscribe(new Deliverer(actual, request, response, trailers));
  }

  private static final class Deliverer implements CoreSubscriber<ByteBuf>, Subscription {

    private final CoreSubscriber<? super ByteBuf> actual;
    private final Request request;
    private final Response response;
    private final Consumer<HttpHeaders> trailers;
    private final long length;
    private long sent;
    private boolean isOver;
    private @Nullable Subscription upstream;

    Deliverer(
        CoreSubscriber<? super ByteBuf> actual,
        Request request,
        Response response,
        Consumer<HttpHeaders> trailers) {
      this.trailers = trailers;
      this.actual = actual;
      this.request = request;
      this.response = response;
      this.length = response.body().length();
    }

    @Override
    public Context currentContext() {
      return actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      if (Operators.validate(upstream, subscription)) {
        upstream = subscription;
        actual.onSubscribe(this);
      }
    }

    @Override
    public void request(long n) {
      if (upstream != null) {
        upstream.request(n);
      }
    }

    @Override
    public void onNext(ByteBuf buffer) {
      if (isOver) {
        buffer.release();
        return;
      }
      int bytes = buffer.readableBytes();
      if (length >= 0 && sent + bytes > length) {
        buffer.release();
        if (upstream != null) {
          upstream.cancel();
        }
        fail(Failure.UPSTREAM_INVALID.exception("body: more than " + length + " bytes"));
        return;
      }
      sent += bytes;
      request.progress().delivered(bytes);
      actual.onNext(buffer);
    }

    @Override
    public void onError(Throwable error) {
      if (isOver) {
        Operators.onErrorDropped(error, currentContext());
      } else {
        fail(error);
      }
    }

    private void fail(Throwable error) {
      isOver = true;
      response.end(Ending.failed(error));
      actual.onError(error);
    }

    @Override
    public void onComplete() {
      if (isOver) {
        return;
      }
      if (length >= 0 && sent < length) {
        fail(
            Failure.UPSTREAM_CLOSED.exception(
                "body: " + sent + " bytes (expected: " + length + ")"));
        return;
      }
      isOver = true;
      HttpHeaders received = response.body().trailers();
      if (!received.isEmpty()) {
        trailers.accept(received);
      }
      actual.onComplete();
    }

    @Override
    public void cancel() {
      if (!isOver) {
        isOver = true;
        response.end(Ending.CLIENT_LEFT);
        if (upstream != null) {
          upstream.cancel();
        }
      }
    }
  }
}
