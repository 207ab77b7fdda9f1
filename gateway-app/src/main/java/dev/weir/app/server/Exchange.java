package dev.weir.app.server;

import dev.weir.http.Ending;
import dev.weir.http.Fields;
import dev.weir.http.Handler;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.http.Trailers;
import dev.weir.http.Tunnel;
import dev.weir.telemetry.Event;
import dev.weir.telemetry.Telemetry;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/** One request and its response, on one connection of a client. */
final class Exchange {

  private final Request request;
  private final HttpHeaders head;
  private final HttpServerResponse out;
  private final ConnectionGuard connection;
  private final Surroundings with;

  /**
   * What all exchanges of a listener share.
   *
   * @param isDraining whether connections are to end with the answer that is being made
   */
  record Surroundings(BooleanSupplier isDraining, DateField date, Telemetry telemetry) {}

  Exchange(Request request, HttpServerResponse out, ConnectionGuard connection, Surroundings with) {
    this.request = request;
    this.head = request.headers();
    this.out = out;
    this.connection = connection;
    this.with = with;
  }

  /** The request answered; cancelled by Reactor Netty when the client leaves. */
  Mono<Void> answerBy(Handler handler) {
    return handler
        .handle(request)
        .flatMap(this::deliver)
        .doOnDiscard(Response.class, Response::discard)
        .doFinally(signal -> request.body().discard());
  }

  private Mono<Void> deliver(Response response) {
    if (response.tunnel() != null) {
      return join(response, response.tunnel());
    }
    out.status(HttpResponseStatus.valueOf(response.status()));
    HttpHeaders fields = out.responseHeaders().clear().add(response.headers());
    complete(fields);
    if (isLast()) {
      fields.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (!isHttp11() && isKeptAlive()) {
      fields.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    ByteBuf held = response.body().held();
    if (mayNotHaveBody(response)) {
      return deliverHead(response, fields);
    }
    return held == null ? deliverStream(response, fields) : deliverHeld(response, fields, held);
  }

  /**
   * Whether the connection ends with this answer. Who sends what can't be taken for a request is
   * not to be trusted with where it ends.
   */
  private boolean isLast() {
    return with.isDraining().getAsBoolean()
        || request.refusal() != null
        || connection.requests().endsWith(head);
  }

  /** Whether a client of HTTP/1.0 wants to be told that it may go on (RFC 9112 §C.2.2). */
  private boolean isKeptAlive() {
    return head.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE, true);
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
  private boolean mayNotHaveBody(Response response) {
    int status = response.status();
    return request.method().equals(HttpMethod.HEAD) || status == 204 || status == 304;
  }

  private Mono<Void> deliverHead(Response response, HttpHeaders fields) {
    boolean isToHead = request.method().equals(HttpMethod.HEAD);
    ByteBuf held = response.body().held();
    if (isToHead && !fields.contains(HttpHeaderNames.CONTENT_LENGTH)) {
      if (held != null && held.isReadable()) {
        fields.set(HttpHeaderNames.CONTENT_LENGTH, held.readableBytes());
      } else if (isHttp11()) {
        // As a GET would be answered; else Reactor Netty closes the connection, to end the body.
        fields.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
      }
    }
    response.body().discard();
    return out.send()
        .doOnSuccess(sent -> end(response, Ending.COMPLETE))
        .doOnCancel(() -> end(response, Ending.CLIENT_LEFT));
  }

  private boolean isHttp11() {
    return request.client().version().equals(HttpVersion.HTTP_1_1);
  }

  private Mono<Void> deliverHeld(Response response, HttpHeaders fields, ByteBuf held) {
    int length = held.readableBytes();
    fields.set(HttpHeaderNames.CONTENT_LENGTH, length);
    request.progress().delivered(length);
    return out.sendObject(held.retainedDuplicate())
        .then()
        .doOnSuccess(sent -> end(response, Ending.COMPLETE))
        .doOnError(error -> end(response, Ending.failed(error)))
        .doOnCancel(() -> end(response, Ending.CLIENT_LEFT));
  }

  private Mono<Void> deliverStream(Response response, HttpHeaders fields) {
    long length = response.body().length();
    if (length >= 0) {
      fields.set(HttpHeaderNames.CONTENT_LENGTH, length);
    } else {
      fields.remove(HttpHeaderNames.CONTENT_LENGTH);
      if (isHttp11()) {
        fields.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
      }
    }
    return out.send(new Delivery(request, response, this::deliverTrailers))
        .then()
        .doOnSuccess(sent -> end(response, Ending.COMPLETE))
        .doOnCancel(() -> end(response, Ending.CLIENT_LEFT));
  }

  /** Runs when all content has been handed on, and the end of the response has not. */
  private void deliverTrailers(HttpHeaders received) {
    HttpHeaders trailers = Trailers.passedOn(received);
    boolean isChunked =
        out.responseHeaders().contains(HttpHeaderNames.TRANSFER_ENCODING) && isHttp11();
    if (isChunked && !trailers.isEmpty()) {
      connection.writeTrailers(trailers);
    } else {
      with.telemetry().count(Event.TRAILERS_DROPPED, request.progress().route());
    }
  }

  /** RFC 9110 §7.8. Afterwards the connection is of no more use. */
  private Mono<Void> join(Response response, Tunnel tunnel) {
    HttpHeaders fields = response.headers();
    fields.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    fields.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    fields.remove(HttpHeaderNames.CONTENT_LENGTH);
    complete(fields);
    return connection
        .switchProtocol()
        .join(response, tunnel)
        .doOnSuccess(closed -> end(response, Ending.COMPLETE))
        .doOnError(error -> end(response, Ending.failed(error)))
        .doOnCancel(() -> end(response, Ending.CLIENT_LEFT))
        // Before Reactor Netty hears of the end, and adds an answer of its own.
        .doOnTerminate(() -> connection.closeTunnel(head))
        .onErrorComplete();
  }

  private static void end(Response response, Ending ending) {
    response.body().discard();
    response.end(ending);
  }
}
