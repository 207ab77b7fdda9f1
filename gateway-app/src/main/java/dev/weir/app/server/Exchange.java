package dev.weir.app.server;

import dev.weir.http.Ending;
import dev.weir.http.Handler;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.http.Tunnel;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.WebsocketServerSpec;

/** One request and its response, on one connection of a client. */
final class Exchange {

  private static final int MAX_FRAME_BYTES = 1 << 20;

  private final Request request;
  private final HttpServerResponse out;
  private final ConnectionGuard connection;
  private final BooleanSupplier isDraining;

  Exchange(
      Request request,
      HttpServerRequest in,
      HttpServerResponse out,
      ConnectionGuard connection,
      BooleanSupplier isDraining) {
    this.request = request;
    this.out = out;
    this.connection = connection;
    this.isDraining = isDraining;
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
    if (isDraining.getAsBoolean() || connection.isReceiving()) {
      fields.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    ByteBuf held = response.body().held();
    if (mayNotHaveBody(response)) {
      return deliverHead(response);
    }
    return held == null ? deliverStream(response, fields) : deliverHeld(response, fields, held);
  }

  /** RFC 9110 §6.4.1. */
  private boolean mayNotHaveBody(Response response) {
    int status = response.status();
    return request.method().equals(HttpMethod.HEAD) || status == 204 || status == 304;
  }

  private Mono<Void> deliverHead(Response response) {
    response.body().discard();
    return out.send()
        .doOnSuccess(sent -> end(response, Ending.COMPLETE))
        .doOnCancel(() -> end(response, Ending.CLIENT_LEFT));
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
      if (request.client().version().equals(HttpVersion.HTTP_1_1)) {
        fields.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
      }
    }
    return out.send(new Delivery(request, response))
        .then()
        .doOnSuccess(sent -> end(response, Ending.COMPLETE))
        .doOnCancel(() -> end(response, Ending.CLIENT_LEFT));
  }

  private Mono<Void> join(Response response, Tunnel tunnel) {
    WebsocketServerSpec.Builder spec =
        WebsocketServerSpec.builder().handlePing(true).maxFramePayloadLength(MAX_FRAME_BYTES);
    if (tunnel.subprotocol() != null) {
      spec.protocols(tunnel.subprotocol());
    }
    out.responseHeaders().add(response.headers());
    return out.sendWebsocket(
            (in, toClient) ->
                tunnel.join(
                    in.receiveFrames().map(WebSocketFrame::retain),
                    frames -> toClient.sendObject(frames).then()),
            spec.build())
        .doOnSuccess(closed -> end(response, Ending.COMPLETE))
        .doOnError(error -> end(response, Ending.failed(error)))
        .doOnCancel(() -> end(response, Ending.CLIENT_LEFT))
        .onErrorComplete();
  }

  private static void end(Response response, Ending ending) {
    response.body().discard();
    response.end(ending);
  }
}
